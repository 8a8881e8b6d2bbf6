"""The episode of care: what is treated, why, and what it is meant to reach."""
