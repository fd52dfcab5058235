"""Figures that were brought along with a scenario, to stand beside those of its runs."""
