"""What the window opens with: patients seen last and drafts to finish."""
