"""The clinic's own values in place of shipped ones: looked at by everyone, set by whoever administers the clinic."""

from __future__ import annotations

from decimal import Decimal

from ptnotes.db import own_values as stored
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.own_values import (
    VALUE_FIELD,
    OwnValueRow,
    ValueRow,
    checked_own_value,
    fitting,
    replaceable,
    value_rows,
    with_own_values,
)
from ptnotes.domain.permissions import Act
from ptnotes.services.audit import changing_clinic
from ptnotes.services.opening import OpenClinic, shipped_reference
from ptnotes.services.own_reference import own_values
from ptnotes.services.permit import require


def reference_values(clinic: OpenClinic) -> tuple[ValueRow, ...]:
    """Every value that may be replaced, with the clinic's own; what no longer fits the shipped data stands first.

    The clinic's data in force follow what is found, which another window may have changed.
    """
    shipped = shipped_reference()
    with clinic.store.read() as connection:
        own = own_values(shipped, connection, clinic.zone)
    found = with_own_values(shipped, own)
    if found.version != clinic.reference.version:
        clinic.reference = found
    return value_rows(shipped, own)


def set_own_value(clinic: OpenClinic, key: str, value: Decimal, reason: str) -> None:
    """Use the clinic's own value from now on, with the reason for it.

    What is signed keeps the version of the data that it was written with. Raises `InputError` beside
    ``own_value.value`` or ``own_value.reason``, `AccessError`.
    """
    _enter(clinic, key, value, reason)


def undo_own_value(clinic: OpenClinic, key: str, reason: str = "") -> None:
    """Use the shipped value again. Raises `AccessError`, `InputError` ("own_value.needed") where another own value
    would then no longer fit.
    """
    _enter(clinic, key, None, reason)


def _enter(clinic: OpenClinic, key: str, value: Decimal | None, reason: str) -> None:
    require(clinic, Act.ADMINISTER)
    shipped = shipped_reference()
    row = OwnValueRow(key=key, value=value, reason=reason, since=clinic.clock(), person_id=clinic.person_id)
    label = next((known.label for known in replaceable(shipped) if known.key == key), key)
    undone = "the shipped value again" if value is None else "the clinic’s own value"
    with changing_clinic(clinic, f"{undone}: {label}") as connection:
        before = own_values(shipped, connection, clinic.zone)
        others = tuple(each for each in before if each.key != key)
        if value is not None:
            # Held against the data without the value that it takes the place of.
            row = checked_own_value(with_own_values(shipped, others), row)
        elif len(others) == len(before):
            raise InputError(Fault("own_value.unknown", VALUE_FIELD))
        stored.add_own_value(connection, row)
        after = own_values(shipped, connection, clinic.zone)
        used = {each.key for each in fitting(shipped, after)}
        if any(each.key not in used for each in fitting(shipped, before) if each.key != key):
            raise InputError(Fault("own_value.needed", VALUE_FIELD))
    clinic.reference = with_own_values(shipped, after)
