"""The window: the shell, one folder per screen, and the widgets that screens share."""
