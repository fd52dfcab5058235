"""Diagrams of a comparison, made from its run records: map, phases, time and space, curves, coordination."""
