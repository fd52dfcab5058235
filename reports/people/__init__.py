"""Buses by line and pedestrians by crossing: means over seeds."""
