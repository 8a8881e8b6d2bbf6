"""PT Notes: charting for manual physical therapy."""

__version__ = "0.1.0"
