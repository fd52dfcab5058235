"""SUMO's own types of control: zhasyl writes their programmes, SUMO plays them."""
