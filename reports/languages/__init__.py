"""What of a language is more than its texts: names of places, and the numbers along axes."""
