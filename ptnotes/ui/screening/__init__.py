"""Asking the screen, and what it says wherever something is treated."""
