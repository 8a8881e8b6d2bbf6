"""One file of each released schema, as a compressed plain copy: encrypted files do not compress, and this is made up.

``python -m tests.migrations.stored`` writes the one of the present schema. It is written once, when the schema is
released, and never again.
"""

import gzip
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from ptnotes.db.schema import APPLICATION_ID, SCHEMA_VERSION
from ptnotes.db.settings import found_clinic
from ptnotes.db.store import connect, create_database, open_store, raw_key
from tests.clinics import CLINIC, PERSON
from tests.db.rows import fill_every_table

HERE = Path(__file__).parent
DATA_KEY, FILE_ID = b"k" * 32, b"stored-file-id.."
KEY = raw_key(DATA_KEY, FILE_ID)
NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def stored_file(folder: Path, version: int) -> Path:
    """Unpack the stored file of that schema into an encrypted one in `folder`."""
    path, plain = folder / "clinic.ptnotes", folder / "plain"
    plain.write_bytes(gzip.decompress((HERE / f"schema_{version:04}.db.gz").read_bytes()))
    path.touch(mode=0o600)
    connection = connect(path, KEY)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"ATTACH DATABASE '{plain}' AS plain KEY ''")
    connection.execute("SELECT sqlcipher_export('main', 'plain')")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    plain.unlink()
    return path


def write_stored_file() -> None:
    """Write the stored file of the present schema: one made-up row in every table."""
    with tempfile.TemporaryDirectory() as name:
        path, plain = Path(name) / "clinic.ptnotes", Path(name) / "plain"
        create_database(path, DATA_KEY, FILE_ID, lambda made: found_clinic(made, CLINIC, PERSON, NOW))
        store = open_store(path, DATA_KEY, FILE_ID)
        with store.write() as writing:
            fill_every_table(writing)
            writing.commit()
        store.close()
        connection = connect(path, KEY)
        connection.execute(f"ATTACH DATABASE '{plain}' AS plain KEY ''")
        connection.execute("SELECT sqlcipher_export('plain')")
        connection.close()
        target = HERE / f"schema_{SCHEMA_VERSION:04}.db.gz"
        target.write_bytes(gzip.compress(plain.read_bytes(), mtime=0))


if __name__ == "__main__":
    write_stored_file()
