"""What knows SUMO: its files, options and programs."""
