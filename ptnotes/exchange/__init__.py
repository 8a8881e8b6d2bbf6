"""Plain data in, what other programs read out: CSV with its dictionary, and FHIR R4 bundles."""
