"""The search for a better plan: in the model, then in SUMO, then its proof."""
