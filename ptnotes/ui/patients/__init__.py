"""Finding, adding and changing patients."""
