"""The summary of a study: scenarios × controllers in one matrix, and sweeps of a controller's parameters, ranked."""
