"""The clinic's own values on the real file: who sets them, what is in force, what a signed note keeps."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from ptnotes.db.schema.clinic import ReferenceOverrideRecord
from ptnotes.db.schema.session import SessionRecord
from ptnotes.domain.errors import AccessError, InputError
from ptnotes.domain.own_values import ValueRow
from ptnotes.domain.people import Person, Role
from ptnotes.services.history import clinic_history
from ptnotes.services.opening import OpenClinic, open_clinic, shipped_reference
from ptnotes.services.own_values import reference_values, set_own_value, undo_own_value
from ptnotes.services.signing import sign_note
from ptnotes.services.verification import verify_notes
from tests.clinics import PASSPHRASE, clinic_in
from tests.clock import FixedClock
from tests.signing import as_somebody, clinic_with_episode, draft, passphrases_remembered, screened

KEY = "important_changes.odi_low_back.value"
NORMAL = "motions.lumbar_flexion.normal_ama"
WARN = "motions.lumbar_flexion.warn_above"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def clinic(tmp_path: Path, clock: FixedClock) -> Iterator[OpenClinic]:
    made = clinic_in(tmp_path, clock)
    yield made
    made.close()


def row_of(clinic: OpenClinic, key: str) -> ValueRow:
    return next(row for row in reference_values(clinic) if row.value is not None and row.value.key == key)


def test_an_own_value_is_in_force_at_once_and_after_the_next_opening(
    clinic: OpenClinic, clock: FixedClock
) -> None:
    shipped = clinic.reference
    set_own_value(clinic, KEY, Decimal("12.5"), "  as in our  study ")
    assert clinic.reference.important_changes["odi_low_back"].value == Decimal("12.5")
    assert shipped_reference().important_changes["odi_low_back"].value == 10
    assert shipped.important_changes["odi_low_back"].value == 10
    own = row_of(clinic, KEY).own
    assert own is not None
    assert (own.value, own.shipped, own.reason, own.by) == (
        Decimal("12.5"),
        10,
        "as in our study",
        clinic.person.name,
    )
    assert own.since == clinic.today()
    clinic.close()
    again = open_clinic(clinic.path, PASSPHRASE, clock=clock)
    assert again.reference.version == clinic.reference.version != shipped.version
    assert again.reference.important_changes["odi_low_back"].own == own
    again.close()


def test_the_newest_entry_counts_and_none_is_ever_lost(clinic: OpenClinic, clock: FixedClock) -> None:
    shipped = clinic.reference.version
    set_own_value(clinic, KEY, Decimal(12), "first")
    clock.advance(days=2)
    set_own_value(clinic, KEY, Decimal(15), "second")
    own = row_of(clinic, KEY).own
    assert own is not None
    assert (own.value, own.reason) == (15, "second")
    undo_own_value(clinic, KEY)
    assert row_of(clinic, KEY).own is None
    assert clinic.reference.version == shipped
    with clinic.store.read() as connection:
        kept = list(
            connection.scalars(select(ReferenceOverrideRecord.value).order_by(ReferenceOverrideRecord.id))
        )
    assert kept == ["12", "15", None]


@pytest.mark.parametrize(
    "change", [delete(ReferenceOverrideRecord), update(ReferenceOverrideRecord).values(value="1")]
)
def test_the_file_refuses_to_change_or_delete_an_entry(clinic: OpenClinic, change: object) -> None:
    set_own_value(clinic, KEY, Decimal(12), "first")
    with clinic.store.write() as connection, pytest.raises(DBAPIError):
        connection.execute(change)  # type: ignore[call-overload]  # either kind of statement


def test_only_who_looks_after_the_clinic_sets_values_and_everybody_sees_them(clinic: OpenClinic) -> None:
    desk = as_somebody(clinic, Person(name="F. Adeyemi", role=Role.FRONT_DESK))
    with pytest.raises(AccessError):
        set_own_value(desk, KEY, Decimal(12), "mine")
    set_own_value(clinic, KEY, Decimal(12), "ours")
    with pytest.raises(AccessError):
        undo_own_value(desk, KEY)
    own = row_of(desk, KEY).own
    assert own is not None
    assert desk.reference.version == clinic.reference.version


def test_a_refused_value_leaves_nothing_behind(clinic: OpenClinic) -> None:
    version = clinic.reference.version
    for value, reason in ((Decimal(12), " "), (Decimal(0), "x"), (Decimal(101), "x")):
        with pytest.raises(InputError):
            set_own_value(clinic, KEY, value, reason)
    with pytest.raises(InputError):
        set_own_value(clinic, "motions.lumbar_flexion.input_max", Decimal(5), "x")
    with pytest.raises(InputError):
        undo_own_value(clinic, KEY)
    assert clinic.reference.version == version
    with clinic.store.read() as connection:
        assert connection.scalars(select(ReferenceOverrideRecord.id)).all() == []


def test_a_bound_that_another_own_value_needs_is_not_taken_away(clinic: OpenClinic) -> None:
    set_own_value(clinic, WARN, Decimal(100), "tall people")
    set_own_value(clinic, NORMAL, Decimal(95), "dancers")
    with pytest.raises(InputError) as refused:
        undo_own_value(clinic, WARN)
    assert refused.value.code == "own_value.needed"
    undo_own_value(clinic, NORMAL)
    undo_own_value(clinic, WARN)
    assert clinic.reference.version == shipped_reference().version


def test_each_change_is_in_the_audit_with_what_it_was(clinic: OpenClinic) -> None:
    set_own_value(clinic, KEY, Decimal(12), "ours")
    undo_own_value(clinic, KEY)
    told = [row.what for row in clinic_history(clinic)]
    assert any("own value: Oswestry" in what for what in told)
    assert any("shipped value again: Oswestry" in what for what in told)


def test_a_signed_note_keeps_the_version_it_was_written_with(tmp_path: Path, clock: FixedClock) -> None:
    with passphrases_remembered():
        clinic, episode = clinic_with_episode(tmp_path, clock)
        screened(clinic, episode)
        set_own_value(clinic, KEY, Decimal(12), "ours")
        in_force = clinic.reference.version
        note = draft(clinic, episode)
        sign_note(clinic, note.id or 0, note.revision, PASSPHRASE)
        undo_own_value(clinic, KEY)
        assert clinic.reference.version != in_force
        with clinic.store.read() as connection:
            query = select(SessionRecord.reference_version)
            assert connection.scalar(query.where(SessionRecord.id == note.id)) == in_force
        found = verify_notes(clinic)
        assert found.problems == ()
        clinic.close()
