"""Work in the background: what is told of it on the GUI thread."""

from pytestqt.qtbot import QtBot

from ptnotes.ui.tasks import Tasks


def test_a_receiver_that_fails_leaves_nobody_waiting_for_its_write(tasks: Tasks, qtbot: QtBot) -> None:
    counts = list[int]()
    tasks.unsaved_changed.connect(counts.append)

    def fail(_: object) -> None:
        raise RuntimeError("a bug in a screen")

    with qtbot.capture_exceptions() as raised:
        tasks.write(lambda: 1, fail)
        qtbot.waitUntil(lambda: tasks.unsaved == 0 and bool(raised))
    assert counts == [1, 0]
