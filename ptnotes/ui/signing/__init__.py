"""Signing a visit, and what may still be done with it afterwards."""
