"""Movements and lane groups of a comparison: means over seeds, the page's tables, and who loses."""
