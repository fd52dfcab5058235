"""Words for people, and text of others that must not steer a terminal or a page."""
