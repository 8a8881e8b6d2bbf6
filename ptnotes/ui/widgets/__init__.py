"""Widgets that more than one screen uses. They know the theme and the domain's words, and no service."""
