"""From a table of approaches to a scenario folder: zhasyl scenario new."""
