"""Every table, as typed records. Importing this package is what makes `metadata` whole."""

from ptnotes.db.schema import clinic, documents, episode, patient, screening, session
from ptnotes.db.schema.vocabulary import Record

metadata = Record.metadata
SCHEMA_VERSION = 6
"""Number of the newest migration; also the file's ``user_version``."""
APPLICATION_ID = 0x50544E31
"""``PTN1``: marks a database file as ours."""

__all__ = [
    "APPLICATION_ID",
    "SCHEMA_VERSION",
    "clinic",
    "documents",
    "episode",
    "metadata",
    "patient",
    "screening",
    "session",
]
