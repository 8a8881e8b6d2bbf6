"""Every change of the schema, in order. A migration is frozen once it has been released."""
