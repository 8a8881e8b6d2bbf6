"""Holding the writer up, as a long piece of work does, to ask for more meanwhile."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pytestqt.qtbot import QtBot

from ptnotes.ui.tasks import Tasks


@contextmanager
def held_up(tasks: Tasks, qtbot: QtBot) -> Iterator[None]:
    """Hold the writer up meanwhile, and go on once everything is stored and reported."""
    may_store = threading.Event()
    tasks.write(may_store.wait)
    try:
        yield
    finally:
        may_store.set()
    qtbot.waitUntil(lambda: tasks.unsaved == 0)
