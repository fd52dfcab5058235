"""Comparison statistics, objectives, plan search and parameter tuning, from run records."""
