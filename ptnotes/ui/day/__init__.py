"""The day's patients on the home page."""
