"""The body chart: drawing what is felt where, and setting two charts side by side."""
