"""Payers: their rules in the clinic's settings, and who pays for a patient's treatment."""
