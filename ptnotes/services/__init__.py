"""What a therapist does, as verbs. Each is one transaction or one snapshot, and may be called from any thread."""
