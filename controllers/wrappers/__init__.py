"""Controllers that wrap another one."""
