"""A clinic where permissions apply, and the commands as somebody runs them."""

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ptnotes import cli
from ptnotes.db.patients import add_patients
from tests.clinics import PASSPHRASE, PATIENT, clinic_in
from tests.clock import FixedClock

Run = Callable[..., tuple[int, str]]
PATIENTS = 300


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder into which everybody may look: those of the tests are closed to all but their owner."""
    made = Path(tempfile.mkdtemp(prefix="ptnotes-faults-"))
    made.chmod(0o755)
    yield made
    for path in (made, *made.rglob("*")):
        path.chmod(0o700)
    shutil.rmtree(made)


@pytest.fixture
def clinic_file(folder: Path) -> Path:
    """A closed clinic with some hundred patients, in a folder of its own."""
    (folder / "data").mkdir()
    with closing(clinic_in(folder / "data", FixedClock())) as clinic, clinic.store.write() as connection:
        patients = [replace(PATIENT, mrn=f"{number:06}") for number in range(PATIENTS)]
        add_patients(connection, patients, clinic.clock())
        connection.commit()
    return clinic.path


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command; give its exit code and what it wrote to standard error."""

    def run_command(*argv: str | Path) -> tuple[int, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSPHRASE}\n"))
        code = cli.main([str(argument) for argument in argv])
        return code, capfd.readouterr().err

    os.umask(0o077)
    return run_command
