"""Methods of signal timing, pure: no controller, no scenario."""
