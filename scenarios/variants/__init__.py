"""What each change of a scenario does to its files."""
