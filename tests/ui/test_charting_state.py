"""The history of a visit's values, and how the draft is stored while it is typed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from threading import Event

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ptnotes.domain.errors import EnvironmentFault, StaleError
from ptnotes.domain.treatment import Exercise, PainKind, Phase, TreatmentSession
from ptnotes.ui.charting import autosave as saving
from ptnotes.ui.charting import edits
from ptnotes.ui.charting.autosave import Autosave
from ptnotes.ui.charting.state import DraftState, differing_parts, same_content
from ptnotes.ui.tasks import Tasks

START = TreatmentSession(id=1, episode_id=1, service_date=date(2026, 3, 2), revision=1)


class File:
    """Stands in for the store: keeps what is saved, and fails or waits when told to."""

    def __init__(self) -> None:
        self.saves: list[TreatmentSession] = []
        self.fails: list[Exception] = []
        self.gate = Event()
        self.gate.set()

    def save(self, session: TreatmentSession) -> TreatmentSession:
        assert self.gate.wait(60)
        if self.fails:
            raise self.fails.pop(0)
        expected = self.saves[-1].revision + 1 if self.saves else START.revision
        assert session.revision == expected, "a save must name the revision that it follows"
        self.saves.append(session)
        at = datetime(2026, 3, 2, 15, 42, 7, tzinfo=UTC)
        return replace(session, revision=session.revision + 1, saved_at=at)


@pytest.fixture
def tasks(qapp: QApplication) -> "Tasks":
    return Tasks()


@pytest.fixture
def file() -> File:
    return File()


def typed(state: DraftState, text: str) -> None:
    state.put(edits.set_note(state.session, "plan", text), "plan")


def test_undo_and_redo_go_through_every_kind_of_change(qapp: QApplication) -> None:
    state = DraftState(START)
    state.put(edits.set_pain(state.session, PainKind.NOW, Phase.BEFORE, 6))
    state.put(edits.add_row(state.session, Exercise(row=0, name="Bridge")))
    charted = state.session
    state.undo()
    assert state.session.exercises == ()
    state.undo()
    assert same_content(state.session, START)
    state.undo()
    state.redo()
    state.redo()
    state.redo()
    assert same_content(state.session, charted)


def test_one_step_of_typing_is_undone_at_once_and_a_left_field_ends_it(qapp: QApplication) -> None:
    state = DraftState(START)
    for text in ("C", "Co", "Con"):
        typed(state, text)
    state.end_step()
    typed(state, "Cont")
    state.undo()
    assert state.session.note.plan == "Con"
    state.undo()
    assert state.session.note.plan == ""


def test_a_new_change_forgets_what_was_undone(qapp: QApplication) -> None:
    state = DraftState(START)
    typed(state, "a")
    state.undo()
    typed(state, "b")
    state.redo()
    assert state.session.note.plan == "b"


def test_typing_taken_back_by_hand_leaves_nothing_to_undo(qapp: QApplication) -> None:
    state = DraftState(START)
    typed(state, "a")
    typed(state, "")
    assert not state.can_undo


def test_an_undone_row_s_number_is_not_given_again(qapp: QApplication) -> None:
    state = DraftState(START)
    state.put(edits.add_row(state.session, Exercise(row=0, name="Bridge")))
    state.undo()
    state.put(edits.add_row(state.session, Exercise(row=0, name="Squat")))
    assert state.session.exercises[0].row == 2


def test_undo_keeps_the_revision_that_the_file_has(qapp: QApplication) -> None:
    state = DraftState(START)
    typed(state, "a")
    state.mark_saved(replace(state.session, revision=2))
    state.undo()
    assert state.session.revision == 2


def test_what_is_typed_is_stored_within_a_second_and_in_one_piece(
    qtbot: QtBot, tasks: Tasks, file: File
) -> None:
    state = DraftState(START)
    autosave = Autosave(state, tasks, file.save)
    for length in range(1, 6):
        typed(state, "x" * length)
    assert autosave._longest.remainingTime() < 1000
    with qtbot.waitSignal(autosave.saved):
        pass
    assert [session.note.plan for session in file.saves] == ["xxxxx"]
    assert autosave.is_saved
    assert state.session.revision == 2
    tasks.close()


def test_typing_without_a_pause_is_stored_too(qtbot: QtBot, tasks: Tasks, file: File) -> None:
    state = DraftState(START)
    autosave = Autosave(state, tasks, file.save)
    length = 0
    while not file.saves and length < 100:
        length += 1
        typed(state, "x" * length)
        qtbot.wait(saving.PAUSE_MS // 3)
    assert file.saves
    autosave.flush()
    qtbot.waitUntil(lambda: autosave.is_saved)
    assert file.saves[-1].note.plan == "x" * length
    tasks.close()


def test_no_two_saves_are_under_way_and_what_came_meanwhile_follows(
    qtbot: QtBot, tasks: Tasks, file: File
) -> None:
    state = DraftState(START)
    autosave = Autosave(state, tasks, file.save)
    file.gate.clear()
    typed(state, "first")
    autosave.flush()
    typed(state, "first second")
    autosave.flush()
    file.gate.set()
    qtbot.waitUntil(lambda: autosave.is_saved)
    assert [session.note.plan for session in file.saves] == ["first", "first second"]
    tasks.close()


def test_what_is_typed_back_during_a_save_is_what_the_file_holds_in_the_end(
    qtbot: QtBot, tasks: Tasks, file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pause in ("PAUSE_MS", "LONGEST_MS"):
        monkeypatch.setattr(saving, pause, 600_000)
    state = DraftState(START)
    autosave = Autosave(state, tasks, file.save)
    file.gate.clear()
    typed(state, "slip")
    autosave.flush()
    typed(state, START.note.plan)
    autosave.flush()
    file.gate.set()
    # Nothing waits for a pause in typing.
    qtbot.waitUntil(lambda: len(file.saves) == 2)
    qtbot.waitUntil(lambda: autosave.is_saved)
    assert [session.note.plan for session in file.saves] == ["slip", START.note.plan]
    tasks.close()


def test_a_full_disk_is_said_and_saving_goes_on_until_it_works(
    qtbot: QtBot, tasks: Tasks, file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "RETRY_MS", 50)
    state = DraftState(START)
    autosave = Autosave(state, tasks, file.save)
    file.fails = [EnvironmentFault("disk.full"), EnvironmentFault("disk.full")]
    typed(state, "kept")
    with qtbot.waitSignal(autosave.failed):
        autosave.flush()
    assert "disk is full" in autosave.problem
    assert state.session.note.plan == "kept"
    qtbot.waitUntil(lambda: autosave.is_saved)
    assert autosave.problem == ""
    assert [session.note.plan for session in file.saves] == ["kept"]
    tasks.close()


def test_after_a_stale_save_nothing_is_overwritten_until_it_is_settled(
    qtbot: QtBot, tasks: Tasks, file: File
) -> None:
    state = DraftState(START)
    autosave = Autosave(state, tasks, file.save)
    file.fails = [StaleError("record.stale", 5)]
    typed(state, "mine")
    with qtbot.waitSignal(autosave.failed):
        autosave.flush()
    typed(state, "mine, more")
    autosave.flush()
    assert file.saves == []
    theirs = edits.set_note(replace(START, revision=1), "plan", "theirs")
    assert differing_parts(state.session, theirs) == ("note",)
    state.rebase(theirs.revision)
    autosave.resume(theirs)
    with qtbot.waitSignal(autosave.saved):
        autosave.flush()
    assert file.saves[0].note.plan == "mine, more"
    tasks.close()


def test_the_saved_version_can_be_taken_and_one_undo_brings_the_own_one_back(qapp: QApplication) -> None:
    state = DraftState(START)
    typed(state, "mine")
    state.adopt(edits.set_note(replace(START, revision=4), "plan", "theirs"))
    assert state.session.note.plan == "theirs"
    state.undo()
    assert (state.session.note.plan, state.session.revision) == ("mine", 4)
