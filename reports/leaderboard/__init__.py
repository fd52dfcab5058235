"""A leaderboard: controllers ranked over the situations and seeds of a suite, from stored records alone."""
