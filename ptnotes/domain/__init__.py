"""The words and rules of the field: plain values and pure functions, no file, no clock, no window, no table."""
