"""Turning counts: read, placed on a network, fitted and compared: zhasyl scenario counts and calibrate."""
