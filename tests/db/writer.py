"""A process that charts without end, so that a test can kill it: each line printed names what has been committed."""

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ptnotes.db.sessions import load_session, save_session
from ptnotes.db.store import open_store
from ptnotes.domain.treatment import Note, PainScore


def main(path: str, data_key: str, file_id: str, session_id: str) -> None:
    """Save the session again and again, one word longer each time."""
    store = open_store(Path(path), bytes.fromhex(data_key), bytes.fromhex(file_id))
    with store.read() as connection:
        session = load_session(connection, int(session_id))
    while True:
        said = f"{session.note.subjective} {session.revision}"[-4000:]
        pain = tuple(PainScore(row=row, pair=row, value=session.revision % 11) for row in range(1, 9))
        with store.write() as connection:
            now = datetime.now(UTC)
            session = save_session(
                connection, replace(session, note=Note(subjective=said), pain=pain, next_row=9), now
            )
            connection.commit()
        print(session.revision, flush=True)  # noqa: T201 - read by the test


if __name__ == "__main__":
    main(*sys.argv[1:])
