"""What every run of a batch needs, imported once by the server that its processes are forked from.

With what SUMO's outputs are read and tables are written with, and the digest of our code. What is imported here late,
in a run, would be imported by each of them anew.
"""

import numpy.ma

from zhasyl.runs import batch, read_back, simulate, summary
from zhasyl.runs.provenance import build
from zhasyl.scenarios.variants import vary
from zhasyl.sumo.outputs import log_times, tables

__all__ = ["batch", "log_times", "numpy", "read_back", "simulate", "summary", "tables", "vary"]

build()
