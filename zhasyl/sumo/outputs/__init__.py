"""What SUMO wrote in a run, read into tables and measures."""
