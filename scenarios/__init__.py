"""Scenarios: what they are, where they come from, and the built-in ones (one folder each)."""

from zhasyl.scenarios.load import built_in_names, load_scenario
from zhasyl.scenarios.model import Assumption, Scenario

__all__ = ["Assumption", "Scenario", "built_in_names", "load_scenario"]
