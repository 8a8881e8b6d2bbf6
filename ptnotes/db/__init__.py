"""The encrypted store: the one room that knows SQLAlchemy. Domain values go in and out; records stay here."""
