"""A throw-away PostgreSQL server for the tests that the store must pass there as well."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

USER = "ptnotes"
_START_S = 30.0


class Server:
    """A running server that listens on a socket in a folder of its own, and on no port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made = 0

    def new_database(self) -> str:
        """Create an empty database and give its SQLAlchemy URL."""
        self._made += 1
        name = f"ptnotes_{self._made}"
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return f"postgresql+psycopg://{USER}@/{name}?host={self.folder}"

    def drop_database(self, url: str) -> None:
        """Drop a database that ``new_database`` made, closing what is still connected to it."""
        name = url.partition("@/")[2].partition("?")[0]
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def conninfo(self, database: str) -> str:
        """Give what libpq needs to connect to a database of this server."""
        return f"host={self.folder} user={USER} dbname={database}"


def programs() -> Path | None:
    """Find the folder of ``initdb`` and ``postgres``: on the path, else Debian's newest; None where there is none."""
    if os.name == "nt":
        return None
    on_path = shutil.which("initdb")
    if on_path and shutil.which("postgres"):
        return Path(on_path).parent
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").is_file()]
    return max(versions, key=lambda path: int(path.parent.name.partition(".")[0]), default=None)


@contextmanager
def serve(bin_folder: Path) -> Iterator[Server]:
    """Make a cluster, start it, and take both away at the end."""
    # The path of a Unix socket may have 107 characters at most, fewer than a folder of pytest's.
    folder = Path(tempfile.mkdtemp(prefix="ptnotes-pg-", dir="/tmp" if Path("/tmp").is_dir() else None))  # noqa: S108 - see above
    process: subprocess.Popen[bytes] | None = None
    # PostgreSQL refuses to run as root; Debian's package brings a user for it.
    switch: dict[str, Any] = {}
    if os.geteuid() == 0:
        switch = {"user": "postgres", "group": "postgres", "extra_groups": []}
        shutil.chown(folder, "postgres", "postgres")
    log = folder / "log"
    try:
        initdb = [str(bin_folder / "initdb"), "-D", str(folder / "data"), "-U", USER, "-A", "trust"]
        initdb += ["-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(initdb, check=True, capture_output=True, cwd=folder, **switch)
        command = [str(bin_folder / "postgres"), "-D", str(folder / "data"), "-k", str(folder)]
        for setting in ("listen_addresses=", "fsync=off", "full_page_writes=off", "synchronous_commit=off"):
            command += ["-c", setting]
        with log.open("wb") as output:
            process = subprocess.Popen(command, stdout=output, stderr=output, cwd=folder, **switch)
        server = Server(folder)
        _wait_until_ready(server, process, log)
        yield server
    finally:
        if process is not None:
            process.send_signal(signal.SIGINT)  # closes what is connected, and stops
            process.wait(timeout=_START_S)
        shutil.rmtree(folder)


def _wait_until_ready(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_S
    while True:
        try:
            psycopg.connect(server.conninfo("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')}") from None
            time.sleep(0.05)
        else:
            return
