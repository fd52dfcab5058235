"""From a scenario and a controller to a stored record, once or a thousand times."""
