"""Several threads use one store at once: reading goes on while something long is written; writers wait their turn."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from queue import Queue

from sqlalchemy import func, select

from ptnotes.db.episodes import add_episodes
from ptnotes.db.patients import add_patients
from ptnotes.db.schema.patient import PatientRecord
from ptnotes.db.search import find_patients
from ptnotes.db.sessions import add_sessions, load_session, save_session
from ptnotes.db.store import Store
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.errors import StaleError
from ptnotes.domain.treatment import Note, TreatmentSession
from tests.clinics import PATIENT
from tests.db.conftest import NOW

TODAY = date(2026, 3, 2)


@contextmanager
def running(*jobs: Callable[[], object]) -> Iterator[None]:
    """Run each job in a thread of its own for the block; what a job raises is raised at the end."""
    errors: Queue[BaseException] = Queue()

    def run(job: Callable[[], object]) -> None:
        try:
            job()
        except BaseException as error:  # noqa: BLE001 - handed to the test
            errors.put(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for thread in threads:
            thread.join()
    if not errors.empty():
        raise errors.get()


def chart(store: Store) -> TreatmentSession:
    with store.write() as connection:
        add_patients(connection, [PATIENT], NOW)
        add_episodes(connection, [EpisodeOfCare(patient_id=1, start=TODAY)], NOW, 1)
        (session,) = add_sessions(
            connection, [TreatmentSession(episode_id=1, service_date=TODAY, author_id=1)], NOW
        )
        connection.commit()
    return session


def test_typing_is_saved_and_searches_answer_while_a_long_write_runs(file_store: Store) -> None:
    session = chart(file_store)
    chunks, size = 25, 200
    finished = threading.Event()

    def write_long() -> None:
        for chunk in range(chunks):
            many = [
                replace(PATIENT, mrn=f"L{chunk}-{n}", family_name=f"Long{n}", uuid="") for n in range(size)
            ]
            with file_store.write() as connection:
                add_patients(connection, many, NOW)
                connection.commit()
        finished.set()

    saves = 0
    with running(write_long):
        while not finished.is_set():
            with file_store.read() as connection:
                assert find_patients(connection, "moreau", TODAY)[0].mrn == PATIENT.mrn
            with file_store.write() as connection:
                session = save_session(connection, replace(session, note=Note(subjective="x" * saves)), NOW)
                connection.commit()
            saves += 1
    assert saves >= chunks // 2
    with file_store.read() as connection:
        assert load_session(connection, session.id or 0) == session
        assert connection.scalar(select(func.count()).select_from(PatientRecord)) == 1 + chunks * size


def test_of_two_that_save_the_same_draft_one_is_told(file_store: Store) -> None:
    session = chart(file_store)
    outcomes: Queue[str] = Queue()
    ready = threading.Barrier(2)

    def save(words: str) -> None:
        ready.wait()
        try:
            with file_store.write() as connection:
                save_session(connection, replace(session, note=Note(plan=words)), NOW)
                connection.commit()
            outcomes.put("saved")
        except StaleError as error:
            outcomes.put(error.code)

    with running(lambda: save("one"), lambda: save("two")):
        pass
    assert sorted([outcomes.get(), outcomes.get()]) == ["record.stale", "saved"]


def test_many_writers_lose_nothing(file_store: Store) -> None:
    per_thread = 15

    def write(name: str) -> None:
        for n in range(per_thread):
            with file_store.write() as connection:
                add_patients(connection, [replace(PATIENT, mrn=f"{name}{n}")], NOW + timedelta(seconds=n))
                connection.commit()

    with running(*(lambda name=name: write(name) for name in "abcd")):
        pass
    with file_store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(PatientRecord)) == 4 * per_thread


def test_a_reader_in_the_middle_does_not_hold_up_a_writer(file_store: Store) -> None:
    with file_store.read() as reading:
        count = select(func.count()).select_from(PatientRecord)
        assert reading.scalar(count) == 0
        with running(lambda: chart(file_store)):
            pass
        assert reading.scalar(count) == 0
