"""Work in the background: what is told of it on the GUI thread."""

import threading
from functools import partial

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


def test_reads_that_are_given_up_are_not_begun_not_delivered_and_told_to_who_waits(
    tasks: Tasks, qtbot: QtBot
) -> None:
    let_go, begun, told = threading.Event(), list[str](), list[str]()

    def refused(error: Exception) -> None:
        told.append(str(error))

    def read(name: str) -> str:
        begun.append(name)
        let_go.wait(5)
        return name

    for name in ("first", "second", "third", "fourth"):
        tasks.read(partial(read, name), told.append, refused)
    tasks.read(partial(read, "fifth"), told.append)
    qtbot.waitUntil(lambda: len(begun) == 2)
    tasks.give_up_reads()
    let_go.set()
    tasks.read(lambda: "later", told.append)
    qtbot.waitUntil(lambda: len(told) == 5)
    assert len(begun) == 2
    assert sorted(told) == ["later", *["work.ended"] * 4]
