"""Phrases: expanding while somebody types, and looking after the clinic's own."""
