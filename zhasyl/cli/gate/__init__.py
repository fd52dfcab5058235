"""zhasyl check, and what it shows."""
