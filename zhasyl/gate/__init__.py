"""The regression gate: a suite of runs against a committed baseline."""
