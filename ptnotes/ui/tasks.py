"""Work off the GUI thread: one writer, two readers, and results that come back on the GUI thread.

Whatever can take longer than a frame (16 ms) goes through here. Writes run one after another in a single thread, urgent
ones (autosave) first, otherwise in the order given; a job should take under 50 ms, so that a long piece of work is
given as many short jobs. Reads have two threads of their own and never wait for a write.
"""

from __future__ import annotations

import itertools
import logging
import queue
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

from ptnotes.domain.errors import AccessError, PtNotesError

_LOG = logging.getLogger(__name__)
_READERS = 2
_URGENT, _USUAL, _LAST = range(3)
T = TypeVar("T")


@dataclass(order=True, slots=True)
class _Job:
    rank: int
    number: int
    work: Callable[[], Any] | None = field(compare=False)
    done: Callable[[Any], object] | None = field(compare=False, default=None)
    failed: Callable[[Exception], object] | None = field(compare=False, default=None)
    key: str | None = field(compare=False, default=None)
    of: QObject | None = field(compare=False, default=None)
    is_write: bool = field(compare=False, default=False)
    result: Any = field(compare=False, default=None)
    error: Exception | None = field(compare=False, default=None)


@dataclass(slots=True)
class _Turns:
    """The acts of one thing: the first is on its way while writes of its are `unreported`, the others wait."""

    acts: list[Callable[[], object]]
    unreported: int = 0


class Tasks(QObject):
    """Runs jobs in the background and calls `done(result)` or `failed(error)` on the GUI thread.

    Nothing is delivered to a receiver that Qt has destroyed: give a method of a QObject, not a closure over one.
    A failure without its own `failed` is emitted as `job_failed`.
    """

    job_failed = Signal(Exception)
    unsaved_changed = Signal(int)
    """How many writes wait or run now."""
    _arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = itertools.count()
        self._writes: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._reads: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._results: deque[_Job] = deque()
        self._latest: dict[str, int] = {}
        self._reads_given_up = -1
        self._unsaved = 0
        self._turns: dict[QObject, _Turns] = {}
        self._of: QObject | None = None
        self._closed = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._threads = [threading.Thread(target=self._run, args=(self._writes,), name="writer", daemon=True)]
        self._threads += [
            threading.Thread(target=self._run, args=(self._reads,), name=f"reader-{number}", daemon=True)
            for number in range(_READERS)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def unsaved(self) -> int:
        """How many writes are not yet stored and reported."""
        return self._unsaved

    def read(
        self,
        job: Callable[[], T],
        done: Callable[[T], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
        *,
        latest: str | None = None,
    ) -> None:
        """Run `job` in a reading thread. With `latest`, only the newest read of that key is run and delivered."""
        if self._closed:
            # Asked for by what a last write brought: there is no window any more to show it.
            return
        number = next(self._numbers)
        if latest is not None:
            self._latest[latest] = number
        self._reads.put(_Job(_USUAL, number, job, done, failed, latest))

    def write(
        self,
        job: Callable[[], T],
        done: Callable[[T], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
        *,
        urgent: bool = False,
    ) -> None:
        """Run `job` in the one writing thread, before all usual writes when `urgent`."""
        if self._closed:
            raise RuntimeError("a write was given after the threads were ended")
        self._unsaved += 1
        self.unsaved_changed.emit(self._unsaved)
        if self._of is not None:
            self._turns[self._of].unreported += 1
        rank = _URGENT if urgent else _USUAL
        self._writes.put(_Job(rank, next(self._numbers), job, done, failed, of=self._of, is_write=True))

    def in_turn(self, of: QObject, act: Callable[[], object]) -> None:
        """Do `act` once what the acts before it `of` the same thing wrote, and what the reports of that wrote, is
        reported; at once where nothing is on its way.

        What is stored has a revision, and whoever changes it next needs the one that the change before it brings: so
        `act` looks at what is stored when its turn comes. An act that was asked for last, and is on its way or waits,
        is not done again, or a key that is held down would ask for it twice: the same are equal methods, and `partial`s
        with equal parts. After another one it is: whoever chooses this, that and this again wants this.
        """
        turns = self._turns.setdefault(of, _Turns([]))
        if turns.acts and _parts(act) == _parts(turns.acts[-1]):
            return
        turns.acts.append(act)
        if len(turns.acts) == 1:
            self._take_turns(of)

    def write_in_turn(
        self,
        of: QObject,
        job: Callable[[], T],
        done: Callable[[T], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
    ) -> None:
        """`write`, as an act `of` that thing in its turn (`in_turn`): asked for twice, it is done once."""
        self.in_turn(of, partial(self.write, job, done, failed))

    def forget(self, key: str) -> None:
        """Neither run nor deliver what was read under `key` so far."""
        self._latest[key] = next(self._numbers)

    def give_up_reads(self) -> None:
        """Begin no read that waits, and deliver none that runs; who asked is told so, if they gave a `failed`."""
        self._reads_given_up = next(self._numbers)

    def close(self) -> None:
        """Store every write that waits, let reads go, and end the threads. Results of writes are delivered."""
        if self._closed:
            return
        self._closed = True
        for queued in (self._writes, *[self._reads] * _READERS):
            queued.put(_Job(_LAST, next(self._numbers), None))
        for thread in self._threads:
            thread.join()
        self._deliver()

    def _run(self, queued: queue.PriorityQueue[_Job]) -> None:
        # A thread that waits holds no job: with it, it would hold what that read.
        while self._do(queued.get()):
            pass

    def _do(self, job: _Job) -> bool:
        """Do one job; whether another may follow."""
        if job.work is None:
            return False
        if not job.is_write and (self._closed or self._is_old(job)):
            return True
        try:
            job.result = None if self._is_given_up(job) else job.work()
        except Exception as error:  # noqa: BLE001 - every failure is carried to the GUI thread and told there
            job.error = error
        job.work = None
        self._results.append(job)
        # The last results after `close` are delivered by it; the event loop may be gone by then.
        if not self._closed:
            self._arrived.emit()
        return True

    def _is_old(self, job: _Job) -> bool:
        return job.key is not None and self._latest.get(job.key) != job.number

    def _is_given_up(self, job: _Job) -> bool:
        return not job.is_write and job.number < self._reads_given_up

    @Slot()
    def _deliver(self) -> None:
        while self._results:
            job = self._results.popleft()
            if job.is_write:
                self._unsaved -= 1
            try:
                # Once closed, what was read is of no use to anybody, and whoever got it might ask for more.
                if not self._is_old(job) and (job.is_write or not self._closed):
                    self._within(job.of, partial(self._tell, job))
            finally:
                # Whoever waits for the last write is told even where its receiver fails, or no window would close.
                if job.is_write:
                    self._end_of_write(job.of)

    def _end_of_write(self, of: QObject | None) -> None:
        try:
            if of is not None:
                turns = self._turns[of]
                turns.unreported -= 1
                if not turns.unreported:
                    del turns.acts[0]
                    self._take_turns(of)
        finally:
            self.unsaved_changed.emit(self._unsaved)

    def _take_turns(self, of: QObject) -> None:
        """Do the acts that wait until one of them writes something."""
        turns = self._turns[of]
        if not turns.acts:
            del self._turns[of]
            return
        try:
            # Once closed nothing can be written any more.
            if not self._closed and _is_alive(turns.acts[0]):
                self._within(of, turns.acts[0])
        finally:
            if not turns.unreported:
                del turns.acts[0]
                self._take_turns(of)

    def _within(self, of: QObject | None, act: Callable[[], object]) -> None:
        """Do `act`, and count what it writes to the turn of that thing."""
        before, self._of = self._of, of
        try:
            act()
        finally:
            self._of = before

    def _tell(self, job: _Job) -> None:
        if job.error is not None and not isinstance(job.error, PtNotesError):
            # The message of an unforeseen error may hold what was typed: only its kind and its place are logged.
            _LOG.error("a job failed: %s at %s", type(job.error).__name__, _place(job.error))
        if self._is_given_up(job):
            if job.failed is not None and _is_alive(job.failed):
                job.failed(AccessError("work.ended"))
        elif job.error is None:
            if job.done is not None and _is_alive(job.done):
                job.done(job.result)
        elif job.failed is None:
            self.job_failed.emit(job.error)
        elif _is_alive(job.failed):
            job.failed(job.error)


def in_place_of(shown: T, before: T | None, after: T) -> T:
    """What stands in the file where `shown` stood, once a save that was on its way made `after` of `before`."""
    return after if shown == before else shown


def _parts(act: object) -> object:
    """What two equal acts have in common: a `partial` is equal to none but itself."""
    if not isinstance(act, partial):
        return act
    named = {name: _parts(value) for name, value in act.keywords.items()}
    return (_parts(act.func), *map(_parts, act.args), named)


def _is_alive(receiver: Callable[..., object]) -> bool:
    while isinstance(receiver, partial):
        receiver = receiver.func
    # A method of Python's or of Qt's own; a plain function has no owner.
    owner = getattr(receiver, "__self__", None)
    return not isinstance(owner, QObject) or shiboken6.isValid(owner)


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "unknown" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
