"""Formats that are not SUMO's."""
