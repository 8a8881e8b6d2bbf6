"""Background work: where it runs, in what order, and whom its results reach."""

import threading
from functools import partial

import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ptnotes.domain.errors import EnvironmentFault
from ptnotes.ui.tasks import Tasks, on_gui_thread


class Gate:
    """Holds a job back until it is opened."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.opened = threading.Event()

    def __call__(self) -> str:
        self.reached.set()
        assert self.opened.wait(10)
        return "through"


def fail() -> None:
    raise EnvironmentFault("disk.full")


def break_down() -> None:
    raise ZeroDivisionError("Moreau, 12 Mar 1979")


def test_a_job_runs_elsewhere_and_its_result_comes_back_here(tasks: Tasks, qtbot: QtBot) -> None:
    seen: list[tuple[bool, bool]] = []
    tasks.read(on_gui_thread, lambda there: seen.append((there, on_gui_thread())))
    tasks.write(on_gui_thread, lambda there: seen.append((there, on_gui_thread())))
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen == [(False, True), (False, True)]


def test_writes_run_one_after_another_and_urgent_ones_first(tasks: Tasks, qtbot: QtBot) -> None:
    gate, order = Gate(), list[str]()
    tasks.write(gate)
    gate.reached.wait(5)
    for name, urgent in (("first", False), ("second", False), ("draft", True), ("third", False)):
        tasks.write(partial(order.append, name), urgent=urgent)
    assert tasks.unsaved == 5
    gate.opened.set()
    qtbot.waitUntil(lambda: tasks.unsaved == 0)
    assert order == ["draft", "first", "second", "third"]


def test_a_read_does_not_wait_for_a_write(tasks: Tasks, qtbot: QtBot) -> None:
    gate, answers = Gate(), list[str]()
    tasks.write(gate)
    gate.reached.wait(5)
    tasks.read(lambda: "found", answers.append)
    qtbot.waitUntil(lambda: answers == ["found"])
    assert tasks.unsaved == 1
    gate.opened.set()


def test_only_the_newest_read_of_a_key_is_delivered(tasks: Tasks, qtbot: QtBot) -> None:
    gates, answers = (Gate(), Gate()), list[str]()
    for gate in gates:
        tasks.read(gate, answers.append, latest="find")
        assert gate.reached.wait(5)
    ran: list[str] = []
    tasks.read(lambda: ran.append("older"), latest="find")
    tasks.read(lambda: "newest", answers.append, latest="find")
    for gate in gates:
        gate.opened.set()
    qtbot.waitUntil(lambda: bool(answers))
    qtbot.wait(20)
    assert answers == ["newest"]
    assert ran == []


def test_what_is_forgotten_is_not_delivered(tasks: Tasks, qtbot: QtBot) -> None:
    gate, answers = Gate(), list[str]()
    tasks.read(gate, answers.append, latest="find")
    gate.reached.wait(5)
    tasks.forget("find")
    gate.opened.set()
    tasks.read(lambda: "other", answers.append)
    qtbot.waitUntil(lambda: answers == ["other"])
    qtbot.wait(20)
    assert answers == ["other"]


def test_a_destroyed_receiver_is_told_nothing(tasks: Tasks, qtbot: QtBot) -> None:
    gate, label = Gate(), QLabel()
    tasks.read(gate, label.setText)
    gate.reached.wait(5)
    shiboken6.delete(label)
    gate.opened.set()
    after: list[str] = []
    tasks.write(lambda: "next", after.append)
    qtbot.waitUntil(lambda: after == ["next"])
    qtbot.wait(20)


class Receiver(QObject):
    """Keeps what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[object] = []

    def take(self, *values: object) -> None:
        self.told.append(values)


def test_a_receiver_behind_a_partial_is_looked_at_too(tasks: Tasks, qtbot: QtBot) -> None:
    gate, receiver = Gate(), Receiver()
    tasks.read(gate, partial(receiver.take, "with"))
    gate.reached.wait(5)
    shiboken6.delete(receiver)
    gate.opened.set()
    tasks.close()
    assert receiver.told == []


def test_a_failure_goes_to_its_own_slot_or_to_the_window(tasks: Tasks, qtbot: QtBot) -> None:
    own: list[Exception] = []
    tasks.write(fail, None, own.append)
    with qtbot.waitSignal(tasks.job_failed) as caught:
        tasks.read(fail)
    assert isinstance(caught.args[0], EnvironmentFault)
    # Reads and writes have threads of their own: which failure comes first is left to them.
    qtbot.waitUntil(lambda: tasks.unsaved == 0)
    assert [type(error) for error in own] == [EnvironmentFault]


@pytest.mark.expect_logs
def test_a_bug_is_logged_without_what_it_says(
    tasks: Tasks, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    with qtbot.waitSignal(tasks.job_failed):
        tasks.read(break_down)
    assert "ZeroDivisionError" in caplog.text
    assert "test_tasks.py" in caplog.text
    assert "Moreau" not in caplog.text


def test_closing_stores_every_write_that_waits_and_reports_it(tasks: Tasks) -> None:
    gate, order = Gate(), list[int]()
    tasks.write(gate)
    gate.reached.wait(5)
    for number in range(20):
        tasks.write(partial(order.append, number))
    gate.opened.set()
    tasks.close()
    assert order == list(range(20))
    assert tasks.unsaved == 0


def test_closing_lets_waiting_reads_go(tasks: Tasks) -> None:
    gates, ran = [Gate(), Gate()], list[str]()
    for gate in gates:
        tasks.read(gate)
        gate.reached.wait(5)
    tasks.read(lambda: ran.append("late"))

    def open_gates() -> None:
        for gate in gates:
            gate.opened.set()

    opener = threading.Timer(0.05, open_gates)
    opener.start()
    tasks.close()
    opener.join()
    assert ran == []


def test_after_closing_a_read_is_let_go_and_a_write_refused(tasks: Tasks) -> None:
    tasks.close()
    tasks.read(lambda: None)
    with pytest.raises(RuntimeError):
        tasks.write(lambda: None)
