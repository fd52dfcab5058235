"""What was brought along with a scenario beside what its runs come to: Synchro's results, a controller's log."""
