"""What lies behind the door is read after the first paint, and then left out of garbage collections."""

import gc
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from ptnotes.app import spare_what_stays
from ptnotes.services.opening import OpenClinic, shipped_reference
from ptnotes.ui.remembered import Remembered
from ptnotes.ui.shell import Shell
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme


@pytest.fixture
def shell(open_clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot) -> Iterator[Shell]:
    made = Shell(open_clinic.path, tasks, theme, Remembered())
    yield made
    made.close()
    tasks.close()
    made.deleteLater()


def test_nothing_is_read_ahead_before_the_first_paint(shell: Shell, qtbot: QtBot) -> None:
    shell.show_door(is_new=False)
    with qtbot.assertNotEmitted(shell.read_ahead_ended, wait=50):
        pass
    with qtbot.waitSignal(shell.read_ahead_ended):
        shell.show()


def test_the_reference_data_is_read_once_in_a_process() -> None:
    assert shipped_reference() is shipped_reference()


def test_what_stays_is_left_out_of_collections() -> None:
    before, thresholds = gc.get_freeze_count(), gc.get_threshold()
    try:
        spare_what_stays()
        assert gc.get_freeze_count() > before
        # What is in a ring is still found, only later.
        assert gc.isenabled()
        assert gc.get_threshold()[0] > thresholds[0] > 0
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)
