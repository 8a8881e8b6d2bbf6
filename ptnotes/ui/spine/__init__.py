"""The map of the spine and the joints as a control: choose a place, give it a grade."""
