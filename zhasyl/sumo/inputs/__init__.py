"""What a run gives SUMO: options and files, with what would write or be read beside the scenario."""
