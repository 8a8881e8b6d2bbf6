"""How SQLite goes about statements that must not look through a table that grows."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from ptnotes.db.documents import kept_documents
from ptnotes.db.overview import recent_patients
from ptnotes.db.people import change_person, people
from ptnotes.db.screening import overrides_to_see
from ptnotes.db.store import Store
from tests.db.conftest import NOW, plans_of

_BY_STATE = "ix_treatment_session_state_service_date"


def _change_somebody(connection: Connection) -> None:
    change_person(connection, people(connection)[0], NOW)


@pytest.mark.parametrize(
    ("job", "unwanted"),
    [
        (lambda connection: recent_patients(connection, 12), "archived_at"),
        (lambda connection: overrides_to_see(connection, 100), _BY_STATE),
        (lambda connection: kept_documents(connection, 1), "SCAN disclosure"),
        (_change_somebody, "SCAN rom_reading"),
        (_change_somebody, "SCAN treatment_session"),
    ],
    ids=[
        "seen last",
        "against a stop",
        "sendings of a document",
        "readings of a person",
        "visits of a person",
    ],
)
def test_what_grows_is_not_looked_through(
    file_store: Store, job: Callable[[Connection], object], unwanted: str
) -> None:
    with file_store.write() as connection:
        plans = plans_of(connection, lambda: job(connection))
    assert plans
    assert not [plan for plan in plans if unwanted in plan]
