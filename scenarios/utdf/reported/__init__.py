"""Synchro's own results: records of a UTDF file, and the reports that Synchro saves as text."""
