"""Tables, figures and the HTML report, made from run records and their tables, never from a simulation."""
