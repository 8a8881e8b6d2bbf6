"""Who did what, on the screen."""
