"""From a map to a scenario: zhasyl scenario import-osm."""
