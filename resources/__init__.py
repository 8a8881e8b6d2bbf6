"""Data files of PT Notes, found with ``importlib.resources.files("ptnotes.resources")``."""
