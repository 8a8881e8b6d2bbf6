"""Removes a person from a clinic, in a process that a test ends at a named point."""

import sys
from pathlib import Path

from ptnotes.clinical import load_reference
from ptnotes.db.keyfile import key_path, read_keys
from ptnotes.db.people import people
from ptnotes.db.store import open_store
from ptnotes.services.opening import OpenClinic, utc_now
from ptnotes.services.people import remove_person


def main(path: Path, data_key: bytes, person_id: int) -> None:
    """Open the file without deriving a key, and remove the person."""
    store = open_store(path, data_key, read_keys(key_path(path)).file_id)
    with store.read() as connection:
        first = people(connection)[0]
    remove_person(OpenClinic(path, store, load_reference(), first, utc_now, "UTC", data_key), person_id)


if __name__ == "__main__":
    main(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]), int(sys.argv[3]))
