"""From the tables of a scenario folder to the files that SUMO reads."""
