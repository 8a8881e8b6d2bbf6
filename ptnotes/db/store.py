"""The open database: encrypted files, their connections, transactions.

Reads have connections of their own and each sees one unchanging snapshot. One connection writes; a second writer in
this process waits for it, and a transaction is rolled back unless its block called ``commit()``.
"""

from __future__ import annotations

import os
import stat
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, NullPool, QueuePool, create_engine, event, text

from ptnotes.db.faults import faults_named
from ptnotes.db.points import passing
from ptnotes.db.schema import APPLICATION_ID, SCHEMA_VERSION, metadata
from ptnotes.db.triggers import create_triggers
from ptnotes.domain.errors import AccessError, EnvironmentFault

PLAIN_HEADER = b"SQLite format 3\0"
PAGE_BYTES = 4096
BUSY_S = 5.0
IN_USE, UNTOUCHED = "mode=rw", "mode=ro&immutable=1"
"""How a file is opened: as one that others use as well; as one that nobody changes, on a read-only disk or a share."""
_READER_CACHE_KIB = 65_536
_WRITER_CACHE_KIB = 16_384
_READERS = 2
_MORE_READERS = 4
"""Connections beyond the usual two, closed after use: a read within a read must not wait for itself."""
_APPLICATION_ID_AT = slice(68, 72)
_CORRUPT = 11


class _Turns:
    """A lock that is handed over in the order of asking: work in many pieces must not starve a single save."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Event] = deque()

    def __enter__(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            my_turn = threading.Event()
            self._waiting.append(my_turn)
        my_turn.wait()

    @property
    def is_wanted(self) -> bool:
        """Whether somebody waits for a turn."""
        return bool(self._waiting)

    def __exit__(self, *_exception: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False


class _Gate:
    """Lets any number through, or one alone while nobody else is inside."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._alone = False
        self._when_empty: Callable[[], None] | None = None

    def when_empty(self, call: Callable[[], None]) -> None:
        """Call `call` once, as soon as nobody is inside, and before anybody else goes in."""
        self._when_empty = call

    @contextmanager
    def passing(self) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._alone)
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                if not self._inside and self._when_empty is not None:
                    call, self._when_empty = self._when_empty, None
                    call()
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self._changed:
            # Whoever is inside may go in once more (a read within a write), so it is shut only when all are out.
            self._changed.wait_for(lambda: not self._alone and not self._inside)
            self._alone = True
        try:
            yield
        finally:
            with self._changed:
                self._alone = False
                self._changed.notify_all()


class _SameFile:
    """Looks whether a path still names the file that it named at first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._first: os.stat_result | None = None

    def require(self) -> None:
        """Raise `EnvironmentFault` ("file.replaced") where it does not."""
        try:
            now = self._path.stat()
        except (FileNotFoundError, NotADirectoryError):
            raise EnvironmentFault("file.replaced", path=str(self._path)) from None
        if self._first is None:
            self._first = now
        elif not os.path.samestat(self._first, now):
            raise EnvironmentFault("file.replaced", path=str(self._path))


class Store:
    """One open database. Every method may be called from any thread."""

    def __init__(self, path: Path, readers: Engine, writer: Engine) -> None:
        self.path = path
        self._readers = readers
        self._writer = writer
        self._turns = _Turns()
        self._gate = _Gate()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that only reads, in one snapshot from its first statement to the end of the block."""
        with self._gate.passing(), faults_named(self.path), self._readers.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give the writing connection. What the block did is kept only if it called ``connection.commit()``."""
        with self._gate.passing(), self._turns:
            try:
                with faults_named(self.path), self._writer.connect() as connection:
                    passing("write.begun")
                    yield connection
                    passing("write.ended")
            except EnvironmentFault as fault:
                if fault.code == "disk.read_only":
                    # What was opened while the file could not be written never can, nor can what is opened beside
                    # it; what is opened once all of it is closed may.
                    self._gate.when_empty(self.close)
                raise

    @property
    def is_wanted(self) -> bool:
        """Whether somebody in this process waits to write: long work that holds the turn should end its transaction."""
        return self._turns.is_wanted

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until nobody reads or writes, close every connection, and keep everybody out until the end of the block.

        Afterwards the file is opened again when it is next used: the same, or what `go_on_with` was told.
        """
        with self._gate.alone():
            self.close()
            yield

    def go_on_with(self, readers: Engine, writer: Engine) -> None:
        """Read and write through these engines from now on: the file has another key. Only within `alone`."""
        self._readers, self._writer = readers, writer

    def close(self) -> None:
        """Close every connection. The write-ahead log is folded into the file."""
        self._readers.dispose()
        self._writer.dispose()

    def shut(self) -> None:
        """Let the key go, and every connection as soon as nobody uses it any more. Waits for who reads or writes now.

        Whoever comes later is refused: `AccessError` ("file.shut"), until `take_over`.
        """
        readers, writer = self._readers, self._writer
        self._readers = self._writer = _refusing_engine()
        with self._gate.alone():
            readers.dispose()
            writer.dispose()

    def take_over(self, other: Store) -> None:
        """Read and write through the connections of another store of the same file, which is shut by that."""
        with self._gate.alone():
            self.close()
            self._readers, self._writer = other._readers, other._writer
            other._readers = other._writer = _refusing_engine()


def _refusing_engine() -> Engine:
    def refuse() -> Any:
        raise AccessError("file.shut")

    return create_engine("sqlite://", module=sqlcipher, creator=refuse, poolclass=NullPool)


def raw_key(data_key: bytes, file_id: bytes) -> str:
    """Give SQLCipher's raw key: the data key and the salt that is also the file id, in hexadecimal digits."""
    return (data_key + file_id).hex()


def connect(
    path: Path,
    key: str,
    *,
    cache_kib: int = _WRITER_CACHE_KIB,
    query_only: bool = False,
    how: str = IN_USE,
) -> Any:
    """Open one connection of the driver to an existing file and prove that it encrypts.

    Raises the driver's errors, and `EnvironmentFault` ("file.not_encrypted") if the library at hand does not encrypt:
    the stock one ignores the key without a word and writes plain text.
    """
    connection = _keyed(path, key, how)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        for pragma in (
            "foreign_keys = ON",
            "synchronous = FULL",
            "temp_store = MEMORY",
            "mmap_size = 0",
            "trusted_schema = OFF",
            # Without it, REPLACE takes the old row away past the triggers that refuse a deletion.
            "recursive_triggers = ON",
            f"cache_size = -{cache_kib}",
            f"query_only = {int(query_only)}",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _keyed(path: Path, key: str, how: str = IN_USE) -> Any:
    connection = sqlcipher.connect(
        f"file:{quote(str(path))}?{how}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=BUSY_S,
        cached_statements=256,
    )
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{key}'\"")
        if connection.execute("PRAGMA cipher_version").fetchone() is None:
            raise EnvironmentFault("file.not_encrypted", path=str(path))
    except BaseException:
        connection.close()
        raise
    return connection


def create_database(path: Path, data_key: bytes, file_id: bytes, fill: Callable[[Connection], None]) -> None:
    """Make an encrypted database of the present schema at `path`, which must not exist. Mode 0600.

    `fill` puts the first rows in, in the same transaction. Raises `EnvironmentFault`; nothing is left behind then.
    """
    with faults_named(path):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            engine = file_engine(path, raw_key(data_key, file_id), "BEGIN IMMEDIATE", size=1)
            try:
                with engine.connect() as connection:
                    # Pragmas that a transaction would ignore go to the driver.
                    driver = connection.connection.cursor()
                    driver.execute("PRAGMA journal_mode = WAL")
                    driver.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                    driver.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
                    driver.close()
                    create_schema(connection)
                    fill(connection)
                    connection.commit()
            finally:
                engine.dispose()
            check_encrypted(path, file_id)
        except BaseException:
            for suffix in ("", "-wal", "-shm"):
                with suppress(FileNotFoundError):
                    Path(f"{path}{suffix}").unlink()
            raise


def create_schema(connection: Connection) -> None:
    """Make every table, index, search structure and trigger, and mark the schema as the newest. For either dialect."""
    from ptnotes.db.search import create_search  # noqa: PLC0415 - search knows the store's tables, not the reverse

    if connection.dialect.name == "postgresql":
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    metadata.create_all(connection)
    create_search(connection)
    create_triggers(connection)
    # Written as Alembic writes it, which is not loaded to make a new file.
    version_table = "CREATE TABLE alembic_version (\n\tversion_num VARCHAR(32) NOT NULL, \n\t"
    version_table += "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)\n)"
    connection.execute(text(version_table))
    connection.execute(
        text("INSERT INTO alembic_version VALUES (:version)"), {"version": f"{SCHEMA_VERSION:04}"}
    )


def open_store(path: Path, data_key: bytes, file_id: bytes) -> Store:
    """Open the database at `path`. A file of an older schema is brought up to date first, on a copy.

    Raises `EnvironmentFault`: file.missing, file.not_ours, file.not_encrypted, file.truncated, file.damaged,
    file.newer, keys.other_clinic, file.locked, disk.*.
    """
    with faults_named(path):
        check_encrypted(path, file_id)
        key = raw_key(data_key, file_id)
        version = _schema_version(path, key)
        if version > SCHEMA_VERSION:
            raise EnvironmentFault("file.newer", path=str(path))
        if version < SCHEMA_VERSION:
            from ptnotes.db.migrate import upgrade_file  # noqa: PLC0415 - Alembic is loaded only where it is needed

            upgrade_file(path, key)
        return Store(path, *file_engines(path, key))


def open_postgresql(url: str) -> Store:
    """Open a database on a PostgreSQL server. The schema must be there."""
    engine = create_engine(url, pool_size=_READERS + 1, hide_parameters=True)
    return Store(Path(engine.url.database or ""), engine.execution_options(postgresql_readonly=True), engine)


def file_engines(path: Path, key: str, how: str = IN_USE) -> tuple[Engine, Engine]:
    """Make the engines of a store: several readers, one writer."""
    readers = file_engine(
        path,
        key,
        "BEGIN",
        size=_READERS,
        more=_MORE_READERS,
        cache_kib=_READER_CACHE_KIB,
        query_only=True,
        how=how,
    )
    return readers, file_engine(path, key, "BEGIN IMMEDIATE", size=1, how=how)


def file_engine(
    path: Path,
    key: str,
    begin: str,
    *,
    size: int,
    more: int = 0,
    cache_kib: int = _WRITER_CACHE_KIB,
    query_only: bool = False,
    how: str = IN_USE,
) -> Engine:
    """Make a pool of `size` connections to one file, and `more` at need, whose transactions begin with `begin`.

    No transaction is kept whose file has lost its name (`EnvironmentFault`, "file.replaced"): it would be gone with it.
    """
    same = _SameFile(path)

    def connected() -> Any:
        same.require()
        _give_mode_of(path)
        return connect(path, key, cache_kib=cache_kib, query_only=query_only, how=how)

    engine = create_engine(
        "sqlite://",
        module=sqlcipher,
        creator=connected,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=more,
        pool_use_lifo=True,  # the connection used last has the warmest cache
        pool_timeout=60,
        hide_parameters=True,  # an error's text must not carry patient data
        query_cache_size=1000,
    )

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    @event.listens_for(engine, "commit")
    def before_commit(connection: Connection) -> None:
        try:
            same.require()
        except BaseException:
            # SQLAlchemy takes the transaction for ended, and would leave it open in the pool.
            connection.exec_driver_sql("ROLLBACK")
            raise
        passing("write.before_commit")

    return engine


def _give_mode_of(path: Path) -> None:
    """Give the log and its index the mode that the file has now.

    They got the one that it had when they were made, and would keep a file that was read-only then from being written.
    """
    mode = stat.S_IMODE(path.stat().st_mode)
    for beside in (Path(f"{path}-wal"), Path(f"{path}-shm")):
        with suppress(OSError):
            if stat.S_IMODE(beside.stat().st_mode) != mode:
                beside.chmod(mode)


def look_at(path: Path, *, has_keys: bool) -> None:
    """Say what the file at `path` is, as far as that can be seen without a key.

    Raises `EnvironmentFault`: file.missing, file.truncated (empty), file.not_encrypted, file.not_ours. A file that
    might be an encrypted one (`has_keys`, or whole pages) passes.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_APPLICATION_ID_AT.stop)
            size = file.seek(0, os.SEEK_END)
    except FileNotFoundError:
        raise EnvironmentFault("file.missing", path=str(path)) from None
    if not head:
        raise EnvironmentFault("file.truncated", path=str(path))
    if head.startswith(PLAIN_HEADER):
        ours = head[_APPLICATION_ID_AT] == APPLICATION_ID.to_bytes(4, "big")
        raise EnvironmentFault("file.not_encrypted" if ours else "file.not_ours", path=str(path))
    if not has_keys and size % PAGE_BYTES:
        raise EnvironmentFault("file.not_ours", path=str(path))


def check_encrypted(path: Path, file_id: bytes) -> None:
    """Look at the file's first bytes: our salt, so encrypted and the right one, or else say what it is.

    Raises `EnvironmentFault`: those of `look_at`, keys.other_clinic, file.damaged, file.truncated.
    """
    look_at(path, has_keys=True)
    with path.open("rb") as file:
        head = file.read(len(file_id))
        size = file.seek(0, os.SEEK_END)
    same = sum(mine == its for mine, its in zip(file_id, head, strict=False))
    if same < len(file_id) // 2:
        # Two random ids agree in hardly any byte. A whole number of pages may be another clinic's file.
        if size % PAGE_BYTES == 0:
            raise EnvironmentFault("keys.other_clinic", path=f"{path}.keys")
        raise EnvironmentFault("file.not_ours", path=str(path))
    if same < len(file_id):
        raise EnvironmentFault("file.damaged", path=str(path))
    # The last page may be half there where its log was being folded in; then the log still has the whole.
    if size < PAGE_BYTES or (size % PAGE_BYTES and not Path(f"{path}-wal").exists()):
        raise EnvironmentFault("file.truncated", path=str(path))


def _schema_version(path: Path, key: str) -> int:
    try:
        connection = connect(path, key)
    except sqlcipher.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF == _CORRUPT and _is_cut_short(path, key):
            raise EnvironmentFault("file.truncated", path=str(path)) from None
        raise
    try:
        (application_id,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    finally:
        connection.close()
    if application_id != APPLICATION_ID:
        raise EnvironmentFault("file.not_ours", path=str(path))
    return int(version)


def _is_cut_short(path: Path, key: str) -> bool:
    """Whether the file ends within a page, or all pages that it has are authentic, so that it only lacks some."""
    if path.stat().st_size % PAGE_BYTES:
        return True
    connection = _keyed(path, key)
    try:
        bad_pages = connection.execute("PRAGMA cipher_integrity_check").fetchall()
    finally:
        connection.close()
    return not bad_pages
