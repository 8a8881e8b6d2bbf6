"""The examination of a visit: tests by side, vital signs, and how the symptoms behave."""
