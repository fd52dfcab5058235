"""Verbs that show what is stored: they start no simulation."""
