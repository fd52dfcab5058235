"""Parameters of a controller that suit some scenarios better: searched in SUMO, and proven."""
