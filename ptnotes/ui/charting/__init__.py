"""The charting screen: one visit on one screen, saved as it is typed."""
