"""The audit's chain: what is appended, and that an attack on it with the data key in hand is found."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ptnotes.db import audit
from ptnotes.db.audit import events_of, record, seal, verify
from ptnotes.db.store import Store, connect, raw_key
from ptnotes.domain.audit import NO_DIGEST, AuditCheck, AuditEvent, Subject, Verb, Wrong, head_statement
from tests.clinics import ZONE, template
from tests.db.conftest import NOW

KEY = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
KEYS = {1: (template().person.signing_public_key or b"", KEY.public_key().public_bytes_raw())}


def write(store: Store, *verbs: Verb, minutes: int = 0) -> tuple[AuditEvent, ...]:
    with store.write() as connection:
        events = tuple(
            record(
                connection,
                at=NOW + timedelta(minutes=minutes + number),
                zone=ZONE,
                person_id=1,
                verb=verb,
                subject=Subject.PATIENT,
                detail="Ö",
            )
            for number, verb in enumerate(verbs)
        )
        connection.commit()
    return events


def sign(store: Store) -> None:
    with store.write() as connection:
        seal(connection, KEY.sign, at=NOW + timedelta(hours=1), zone=ZONE, person_id=1)
        connection.commit()


def head(store: Store) -> tuple[int, bytes]:
    with store.read() as connection:
        return audit.audit_head(connection)


def check(store: Store, *anchors: tuple[int, bytes]) -> AuditCheck:
    with store.read() as connection:
        return verify(connection, anchors, KEYS)


def wrongs(store: Store, *anchors: tuple[int, bytes]) -> list[tuple[int, Wrong]]:
    return [(problem.sequence, problem.wrong) for problem in check(store, *anchors).problems]


@pytest.fixture
def filled(file_store: Store) -> Store:
    """A file whose audit goes on with eight events, signed in the middle."""
    write(file_store, Verb.VIEWED, Verb.CHANGED, Verb.CHANGED, Verb.MADE)
    sign(file_store)
    write(file_store, Verb.VIEWED, Verb.CHANGED, Verb.EXPORTED, minutes=90)
    return file_store


@contextmanager
def attacker(store: Store) -> Iterator[Any]:
    """Somebody who holds the data key and has taken the triggers away."""
    made = template()
    connection = connect(store.path, raw_key(made.data_key, made.file_id))
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_event'"
    ).fetchall()
    for (name,) in names:
        connection.execute(f'DROP TRIGGER "{name}"')
    try:
        yield connection
    finally:
        connection.close()


def rewrite_from(store: Store, sequence: int, change: Callable[[dict[str, Any]], None]) -> None:
    """Change one event, and work out anew every digest from it on, as the program itself would."""
    with store.read() as connection:
        found = events_of(connection)
    events = sorted((event for event, _name in found), key=lambda event: event.sequence)
    with attacker(store) as connection:
        previous = connection.execute(
            "SELECT digest FROM audit_event WHERE sequence = ?", (sequence - 1,)
        ).fetchone()[0]
        for event in events[sequence - 1 :]:
            values = {name: getattr(event, name) for name in AuditEvent.__slots__}
            values["previous"] = previous
            if event.sequence == sequence:
                change(values)
            forged = AuditEvent(**values)
            previous = forged.digest()
            connection.execute(
                "UPDATE audit_event SET verb = ?, detail = ?, previous = ?, digest = ? WHERE sequence = ?",
                (forged.verb.value, forged.detail, forged.previous, previous, event.sequence),
            )


def test_each_event_holds_the_digest_of_the_one_before(store: Store) -> None:
    before = head(store)
    first, second = write(store, Verb.VIEWED, Verb.CHANGED)
    assert first.sequence == before[0] + 1
    assert (first.previous or NO_DIGEST) == before[1]
    assert second.previous == first.digest()
    assert head(store) == (second.sequence, second.digest())
    assert wrongs(store, before, head(store)) == []


def test_an_event_is_kept_only_with_what_it_tells_of(file_store: Store) -> None:
    before = head(file_store)
    with file_store.write() as connection:
        record(connection, at=NOW, zone=ZONE, person_id=1, verb=Verb.MADE, subject=Subject.PATIENT)
    assert head(file_store) == before


def test_a_clock_set_back_is_an_event_of_its_own_once(file_store: Store) -> None:
    write(file_store, Verb.VIEWED, minutes=600)
    write(file_store, Verb.CHANGED, Verb.CHANGED)
    with file_store.read() as connection:
        verbs = [event.verb for event, _name in events_of(connection, limit=4)]
    assert verbs == [Verb.CHANGED, Verb.CHANGED, Verb.CLOCK_SET_BACK, Verb.VIEWED]
    assert wrongs(file_store) == []


def test_an_untouched_history_holds(filled: Store) -> None:
    checked = check(filled, head(filled))
    assert checked.problems == ()
    assert checked.signed_up_to == checked.count - 4


def test_a_changed_event_is_found(filled: Store) -> None:
    count = head(filled)[0]
    with attacker(filled) as connection:
        connection.execute("UPDATE audit_event SET person_id = NULL WHERE sequence = ?", (count - 1,))
    assert wrongs(filled) == [(count - 1, Wrong.CHANGED)]


@pytest.mark.parametrize(
    ("column", "value"),
    [("at", "yesterday"), ("verb", "nothing"), ("object_kind", ""), ("detail", 0.5), ("zone", b"x"),
     ("previous", "text"), ("count", 7)],
)  # fmt: skip
def test_nonsense_in_any_column_is_told_and_not_stumbled_over(
    filled: Store, column: str, value: object
) -> None:
    count = head(filled)[0]
    with attacker(filled) as connection:
        connection.execute(f'UPDATE audit_event SET "{column}" = ? WHERE sequence = ?', (value, count))  # noqa: S608 - constants of this test
    assert (count, Wrong.CHANGED) in wrongs(filled)


def test_a_missing_event_is_found(filled: Store) -> None:
    count = head(filled)[0]
    with attacker(filled) as connection:
        connection.execute("DELETE FROM audit_event WHERE sequence = ?", (count - 1,))
    assert wrongs(filled) == [(count - 1, Wrong.MISSING)]


def test_a_missing_event_is_found_where_the_numbers_were_closed_up(filled: Store) -> None:
    count = head(filled)[0]
    with attacker(filled) as connection:
        connection.execute("DELETE FROM audit_event WHERE sequence = ?", (count - 1,))
        connection.execute("UPDATE audit_event SET sequence = ? WHERE sequence = ?", (count - 1, count))
    assert wrongs(filled) != []


def test_events_in_another_order_are_found(filled: Store) -> None:
    count = head(filled)[0]
    with attacker(filled) as connection:
        for old, new in ((count, 10_000), (count - 1, count), (10_000, count - 1)):
            connection.execute("UPDATE audit_event SET sequence = ? WHERE sequence = ?", (new, old))
    assert wrongs(filled) == [(count - 1, Wrong.REORDERED), (count, Wrong.REORDERED)]


def test_a_history_cut_off_at_its_end_is_found_by_what_the_key_file_knows(filled: Store) -> None:
    anchor = head(filled)
    with attacker(filled) as connection:
        connection.execute("DELETE FROM audit_event WHERE sequence > ?", (anchor[0] - 2,))
    assert wrongs(filled) == [], "the chain alone cannot tell"
    assert wrongs(filled, anchor) == [(anchor[0] - 1, Wrong.CUT_OFF)]


def test_a_history_written_anew_after_the_last_signature_is_found_by_an_anchor(filled: Store) -> None:
    anchor = head(filled)
    rewrite_from(filled, anchor[0] - 1, lambda values: values.update(verb=Verb.VIEWED))
    assert wrongs(filled) == [], "the chain alone cannot tell"
    assert wrongs(filled, anchor) == [(anchor[0], Wrong.REWRITTEN)]


def test_a_history_written_anew_before_a_signature_is_found_without_an_anchor(filled: Store) -> None:
    signed = check(filled).signed_up_to
    rewrite_from(filled, signed - 1, lambda values: values.update(detail="nothing happened"))
    assert (signed + 1, Wrong.NOT_SIGNED) in wrongs(filled)


def test_a_signature_by_a_key_that_is_not_that_persons_is_found(filled: Store) -> None:
    count, digest = head(filled)
    with filled.write() as connection:
        seal(connection, OTHER_KEY.sign, at=NOW + timedelta(hours=3), zone=ZONE, person_id=1)
        connection.commit()
    assert wrongs(filled) == [(count + 1, Wrong.NOT_SIGNED)]
    assert OTHER_KEY.sign(head_statement(count, digest)).hex() == latest(filled).detail


def latest(store: Store) -> AuditEvent:
    with store.read() as connection:
        return events_of(connection, limit=1)[0][0]


def test_an_opening_without_its_signature_is_found(filled: Store) -> None:
    (opened, _after) = write(filled, Verb.OPENED, Verb.VIEWED, minutes=200)
    assert wrongs(filled) == [(opened.sequence, Wrong.NOT_SIGNED)]


def test_the_clinic_of_the_tests_was_opened_signed_and_anchored(file_store: Store, tmp_path: Path) -> None:
    from ptnotes.db.keyfile import key_path, read_keys

    anchor = read_keys(key_path(file_store.path)).anchor
    assert anchor.count == 2
    assert wrongs(file_store, (anchor.count, anchor.head)) == []
    assert file_store.path.parent == tmp_path
