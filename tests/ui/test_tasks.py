"""Work in the background: what is told of it on the GUI thread."""

import threading
from functools import partial

from PySide6.QtCore import QObject
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
        let_go.wait(60)
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


class Counted(QObject):
    """Something stored that is changed in the writing thread, from the value that was last reported."""

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self.reported = 0
        self.told = list[tuple[str, int]]()

    def add(self, what: str = "add", then: str = "") -> None:
        """Write one more than was reported; `then` is written in the report."""
        seen = self.reported + 1
        self.tasks.write(lambda: seen, partial(self._done, what, then))

    def look(self) -> None:
        """Only look at what was reported."""
        self.told.append(("look", self.reported))

    def fail(self) -> None:
        """Fail before anything is written."""
        raise RuntimeError("a bug in a screen")

    def _done(self, what: str, then: str, value: int) -> None:
        self.reported = value
        self.told.append((what, value))
        if then:
            self.add(then)


def test_an_act_begins_when_what_was_written_before_it_is_reported(tasks: Tasks, qtbot: QtBot) -> None:
    thing, other, may_store = Counted(tasks), Counted(tasks), threading.Event()
    tasks.write(may_store.wait)
    for act in (thing.add, partial(thing.add, "second", "its report"), thing.look):
        tasks.in_turn(thing, act)
    tasks.in_turn(other, other.look)
    assert not thing.told
    assert other.told == [("look", 0)]
    may_store.set()
    qtbot.waitUntil(lambda: tasks.unsaved == 0)
    assert thing.told == [("add", 1), ("second", 2), ("its report", 3), ("look", 3)]


def test_an_act_that_is_on_its_way_or_waits_is_done_once(tasks: Tasks, qtbot: QtBot) -> None:
    thing, may_store = Counted(tasks), threading.Event()
    tasks.write(may_store.wait)
    for act in (partial(thing.add, "first"), partial(thing.add, "second"), thing.look):
        for _ in range(3):
            tasks.in_turn(thing, partial(act))
    may_store.set()
    qtbot.waitUntil(lambda: tasks.unsaved == 0)
    assert thing.told == [("first", 1), ("second", 2), ("look", 2)]
    tasks.in_turn(thing, partial(thing.add, "first"))
    qtbot.waitUntil(lambda: tasks.unsaved == 0)
    assert thing.reported == 3


def test_what_is_asked_for_again_after_something_else_is_done_again(tasks: Tasks, qtbot: QtBot) -> None:
    thing, may_store = Counted(tasks), threading.Event()
    tasks.write(may_store.wait)
    for what in ("this", "that", "this", "this"):
        tasks.in_turn(thing, partial(thing.add, what))
    may_store.set()
    qtbot.waitUntil(lambda: tasks.unsaved == 0)
    assert thing.told == [("this", 1), ("that", 2), ("this", 3)]


def test_an_act_that_fails_leaves_nobody_waiting_behind_it(tasks: Tasks, qtbot: QtBot) -> None:
    thing, may_store = Counted(tasks), threading.Event()
    tasks.write(may_store.wait)
    with qtbot.capture_exceptions() as raised:
        for act in (thing.add, thing.fail, thing.look):
            tasks.in_turn(thing, act)
        may_store.set()
        qtbot.waitUntil(lambda: tasks.unsaved == 0 and bool(raised))
    assert thing.told == [("add", 1), ("look", 1)]


def test_whoever_waits_for_the_last_write_waits_for_the_acts_behind_it(tasks: Tasks, qtbot: QtBot) -> None:
    thing, counts = Counted(tasks), list[int]()
    tasks.unsaved_changed.connect(counts.append)
    tasks.in_turn(thing, partial(thing.add, "first"))
    tasks.in_turn(thing, partial(thing.add, "second"))
    qtbot.waitUntil(lambda: thing.reported == 2 and tasks.unsaved == 0)
    # Never 0 in between: a window that closes would go without the second.
    assert counts == [1, 1, 1, 0]
