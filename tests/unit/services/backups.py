"""What tests of backups share: a clinic in a folder of its own, and a place where backups go."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ptnotes.domain.errors import PtNotesError
from ptnotes.domain.sentences import sentence
from ptnotes.services.opening import OpenClinic, open_clinic
from ptnotes.services.patients import add_patient, find_patients
from tests.clinics import PASSPHRASE, PATIENT, clinic_in
from tests.clock import FixedClock

BACK_UP = """
import sys
from pathlib import Path
from ptnotes.services.backup import backup_clinic
from ptnotes.services.opening import open_clinic
backup_clinic(open_clinic(Path(sys.argv[1]), sys.stdin.read()), Path(sys.argv[2]))
"""
NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(PtNotesError) as raised:
        action()
    assert "{" not in sentence(raised.value)
    return raised.value.code


def names_in(path: Path) -> list[str]:
    clinic = open_clinic(path, PASSPHRASE)
    found = [row.mrn for row in find_patients(clinic, "", limit=100)]
    clinic.close()
    return sorted(found)


@pytest.fixture
def clinic(tmp_path: Path, clock: FixedClock) -> OpenClinic:
    """An open clinic with one patient in a folder of its own. Tests close it."""
    (tmp_path / "own").mkdir()
    made = clinic_in(tmp_path / "own", clock)
    add_patient(made, PATIENT)
    return made


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """Where backups go."""
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder
