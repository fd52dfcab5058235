"""A run's signals, detectors and calls as the high-resolution log that a controller would have written.

phases     links that always show the same, under numbers
placed     where detectors stand, under numbers
shown      what the signals showed, as events
seen       what the detectors saw, and the calls that follow, as events
watched    a run repeated under detectors: the log and its configuration
"""
