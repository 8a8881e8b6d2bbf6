"""What tests of the commands share: the demo clinic, and a command run in this process."""

import io
import sys
from datetime import date
from pathlib import Path

import pytest

from ptnotes import cli
from ptnotes.cli import shared
from ptnotes.domain.patient import Patient
from ptnotes.services import opening
from ptnotes.services.patients import add_patient
from ptnotes.services.sample import create_demo
from tests.clock import FixedClock, MondayMorning
from tests.unit.cli.running import PASSPHRASE, Run


@pytest.fixture(scope="session")
def clinic_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo clinic, and one patient without an episode."""
    path = tmp_path_factory.mktemp("cli") / "clinic.ptnotes"
    clinic = create_demo(path, PASSPHRASE, clock=FixedClock())
    add_patient(
        clinic, Patient(mrn="09999", family_name="Nobody", given_name="Yet", birth_date=date(1990, 1, 31))
    )
    clinic.close()
    return path


@pytest.fixture(autouse=True)
def time_of_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every command on the day to which the demo clinic was made, and let none take so long that it says so."""
    MondayMorning.begin()
    monkeypatch.setattr(opening, "datetime", MondayMorning)
    monkeypatch.setattr(shared, "monotonic", lambda: 0.0)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command with text on standard input; give its exit code and what it wrote."""

    def run_command(*argv: str | Path, stdin: str = f"{PASSPHRASE}\n") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        try:
            code = cli.main([str(argument) for argument in argv])
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        written = capsys.readouterr()
        return code, written.out, written.err

    return run_command
