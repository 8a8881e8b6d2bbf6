"""Faults of the disk and of the files as the window meets them: a clear sentence, and what was typed is not lost."""

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from ptnotes.db.keyfile import key_path
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.services.episodes import open_episode
from ptnotes.services.opening import OpenClinic, open_clinic
from ptnotes.services.patients import add_patient
from ptnotes.services.visits import load_session, start_session
from ptnotes.ui.charting import autosave
from tests.clinics import PASSPHRASE, PATIENT, clinic_in
from tests.clock import FixedClock
from tests.e2e.window import Driver
from tests.faults.places import fill, small_disk, unprivileged

TYPED = "Typed while something was wrong with the disk. "
LONG = TYPED * 900
"""More than a full disk has room for in the pages that the file has already."""
pytestmark = pytest.mark.timeout(240)


def with_draft(folder: Path) -> tuple[OpenClinic, int, int]:
    """An open clinic, a patient's id and a draft's."""
    clinic = clinic_in(folder, FixedClock())
    patient_id = add_patient(clinic, PATIENT).id or 0
    episode = EpisodeOfCare(patient_id=patient_id, title="Low back pain", start=clinic.today())
    visit = start_session(clinic, open_episode(clinic, episode).id or 0)
    return clinic, patient_id, visit.id or 0


def show(window: Driver, opened: tuple[OpenClinic, int, int]) -> QPlainTextEdit:
    """Show the draft, and give the field that is typed into."""
    clinic, patient_id, visit_id = opened
    window.shell.enter(clinic)
    window.until(lambda: window.shell.workspace is not None)
    assert window.shell.workspace is not None
    window.shell.workspace.open_draft(patient_id, visit_id)
    window.until(lambda: bool(window.shown(QPlainTextEdit, "Subjective")))
    return window.find(QPlainTextEdit, "Subjective")


def stored(path: Path, visit_id: int) -> str:
    with closing(open_clinic(path, PASSPHRASE, clock=FixedClock())) as clinic:
        return load_session(clinic, visit_id).note.subjective


def close(window: Driver) -> None:
    window.shell.close()
    window.until(lambda: window.shell.workspace is None)


def test_on_a_full_disk_the_text_stays_the_window_says_so_and_saving_goes_on_when_there_is_room(
    window: Driver, clinic_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "RETRY_MS", 200)
    with small_disk(clinic_path.parent, 8 * 1024):
        opened = with_draft(clinic_path.parent)
        field = show(window, opened)
        filler = fill(clinic_path.parent)
        field.setPlainText(LONG)
        window.until(lambda: window.says("The disk is full, so this was not saved"))
        # Everything else goes on: what was stored is read, and more is typed.
        window.type_into("Assessment", "Settles.")
        window.qtbot.wait(500)
        assert field.toPlainText() == LONG
        assert load_session(opened[0], opened[2]).note.subjective == ""
        filler.unlink()
        window.until(lambda: load_session(opened[0], opened[2]).note.subjective.strip() == LONG.strip())
        window.until(lambda: not window.says("The disk is full"))
        close(window)
        assert stored(clinic_path, opened[2]).strip() == LONG.strip()


def test_what_is_typed_into_a_file_that_lost_its_place_is_not_called_saved(
    window: Driver, clinic_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "RETRY_MS", 200)
    clinic_path.parent.mkdir()
    opened = with_draft(clinic_path.parent)
    field = show(window, opened)
    moved = tmp_path / "moved"
    clinic_path.parent.rename(moved)
    window.type_into("Subjective", TYPED.strip())
    window.until(lambda: window.says("was moved, removed or replaced while it was open"))
    assert field.toPlainText() == TYPED.strip()
    moved.rename(clinic_path.parent)
    window.until(lambda: load_session(opened[0], opened[2]).note.subjective == TYPED.strip())
    close(window)
    assert stored(clinic_path, opened[2]) == TYPED.strip()


def test_charts_of_a_file_that_cannot_be_written_are_shown_and_what_is_typed_is_saved_once_it_can(
    window: Driver, clinic_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "RETRY_MS", 200)
    clinic_path.parent.mkdir()
    made = with_draft(clinic_path.parent)
    made[0].close()
    with unprivileged(clinic_path.parent):
        clinic_path.chmod(0o400)
        field = show(window, (open_clinic(clinic_path, PASSPHRASE, clock=FixedClock()), *made[1:]))
        window.until(lambda: window.says("cannot be written down now. Charts stay readable"))
        window.type_into("Subjective", TYPED.strip())
        window.until(lambda: window.says("cannot be written. Nothing was changed"))
        assert field.toPlainText() == TYPED.strip()
        clinic_path.chmod(0o600)
        window.until(lambda: not window.says("cannot be written. Nothing was changed"))
        close(window)
    assert stored(clinic_path, made[2]) == TYPED.strip()


def without_keys(path: Path) -> None:
    key_path(path).unlink()


def half_a_file(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def half_the_keys(path: Path) -> None:
    os.truncate(key_path(path), 300)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (without_keys, "is missing. Put it back beside the clinic file."),
        (half_the_keys, "is damaged. Nothing was changed; use the one from the latest backup."),
        (half_a_file, "is cut short and was not opened. Nothing was changed; use the latest backup."),
    ],
)
def test_the_door_says_what_is_wrong_and_opens_once_it_is_put_right(
    window: Driver, clinic_path: Path, tmp_path: Path, harm: Callable[[Path], None], words: str
) -> None:
    clinic_path.parent.mkdir()
    with_draft(clinic_path.parent)[0].close()
    kept = shutil.copytree(clinic_path.parent, tmp_path / "kept")
    harm(clinic_path)
    window.shell.show_door(is_new=False)
    window.until(lambda: bool(window.shown(QLineEdit, "Passphrase")))
    window.type_into("Passphrase", PASSPHRASE)
    window.press("Return")
    window.until(lambda: window.says(words))
    assert window.shell.workspace is None
    for part in kept.iterdir():
        shutil.copy2(part, clinic_path.parent)
    window.press("Return")
    window.until(lambda: window.shell.workspace is not None)
