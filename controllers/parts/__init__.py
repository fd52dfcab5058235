"""What several controllers are made of."""
