"""Data page: taking records out of the program, and bringing patients in."""
