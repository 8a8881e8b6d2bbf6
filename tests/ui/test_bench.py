"""The bench's watch on the window."""

import pytest
from PySide6.QtWidgets import QApplication

from benchmarks import window
from benchmarks.window import until


def test_what_does_not_come_is_named(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "_LONGEST_WAIT_S", 0.05)
    with pytest.raises(TimeoutError, match="the rain, painted"):
        until(qapp, lambda: False, "the rain, painted")


def test_what_is_there_is_not_waited_for(qapp: QApplication) -> None:
    until(qapp, lambda: True, "what is there")
