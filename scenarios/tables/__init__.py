"""The tables of a scenario folder written by hand: read, and checked against each other."""
