"""What paired runs say: intervals, verdicts, and how many seeds they call for."""
