"""Recorded runs played side by side on a map, in one HTML file."""
