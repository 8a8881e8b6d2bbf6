"""Payers with their rules, patients' covers and authorizations, in and out of the store."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, insert, select, update

from ptnotes.db.schema.patient import (
    AuthorizationRecord,
    CountingRule,
    CoverageRecord,
    DueRuleRecord,
    PayerRecord,
)
from ptnotes.domain.due import DueRules
from ptnotes.domain.errors import NotFoundError, StaleError
from ptnotes.domain.payers import Authorization, Cover, Coverage, Payer, PayerRules
from ptnotes.domain.units import UnitRuleName

_RULES = tuple(field.name for field in fields(DueRules))
_AHEAD = ("warn_treatment_days", "warn_days", "warn_visits")
_COVERAGE = tuple(field.name for field in fields(Coverage) if field.name != "payer")
_AUTHORIZATION = tuple(field.name for field in fields(Authorization))


def payers(connection: Connection) -> tuple[Payer, ...]:
    """The payers in use, by name."""
    query = (
        select(PayerRecord.id, PayerRecord.name, PayerRecord.counting_rule, PayerRecord.revision)
        .where(PayerRecord.archived_at.is_(None))
        .order_by(PayerRecord.name, PayerRecord.id)
    )
    return tuple(
        Payer(id=key, name=name, units=UnitRuleName(units), revision=revision)
        for key, name, units, revision in connection.execute(query)
    )


def rules_by_payer(connection: Connection) -> dict[int | None, PayerRules]:
    """The rules of the clinic (by None) and of each payer in use, in the order of their names."""
    rows = {row.payer_id: row for row in connection.execute(select(*DueRuleRecord.__table__.columns))}
    own = _rules(None, rows.get(None), PayerRules())
    found: dict[int | None, PayerRules] = {None: own}
    for payer in payers(connection):
        found[payer.id] = _rules(payer, rows.get(payer.id), own)
    return found


def save_rules(connection: Connection, rules: PayerRules) -> PayerRules:
    """Store the rules of the clinic or of a payer; the payer's way to count units stands with the payer.

    Raises `StaleError` where `rules.revision` is not the stored one (0 before the first).
    """
    payer = rules.payer
    payer_id = None if payer is None else payer.id
    where = DueRuleRecord.payer_id.is_(None) if payer_id is None else DueRuleRecord.payer_id == payer_id
    stored = connection.scalar(select(DueRuleRecord.revision).where(where)) or 0
    if stored != rules.revision:
        raise StaleError("record.stale", stored)
    values: dict[str, Any] = {name: getattr(rules.due, name) for name in _RULES}
    values["counting_rule"] = CountingRule(rules.units.value) if payer_id is None else None
    values["revision"] = stored + 1
    if stored:
        connection.execute(update(DueRuleRecord).where(where).values(**values))
    else:
        key = 1 if payer_id is None else payer_id + 1
        connection.execute(insert(DueRuleRecord).values(id=key, payer_id=payer_id, **values))
    if payer is not None:
        payer = save_payer(connection, replace(payer, units=rules.units))
    return replace(rules, payer=payer, revision=stored + 1)


def save_payer(connection: Connection, payer: Payer) -> Payer:
    """Store a new payer, or a changed one. Raises `StaleError`, `NotFoundError` ("payer.not_found")."""
    values = {"name": payer.name, "counting_rule": CountingRule(payer.units.value)}
    if payer.id is None:
        made = insert(PayerRecord).values(uuid=str(uuid4()), revision=1, **values).returning(PayerRecord.id)
        return replace(payer, id=connection.scalars(made).one(), revision=1)
    _change(connection, PayerRecord, payer.id, payer.revision, "payer.not_found", values)
    return replace(payer, revision=payer.revision + 1)


def archive_payer(connection: Connection, payer: Payer, at: datetime | None) -> Payer:
    """Take a payer out of use at an instant, or bring it back (None). Raises as `save_payer`."""
    _change(connection, PayerRecord, payer.id, payer.revision, "payer.not_found", {"archived_at": at})
    return replace(payer, revision=payer.revision + 1)


def cover_of(connection: Connection, patient_id: int) -> Cover:
    """How a patient's treatment is paid: covers by rank, authorizations newest first."""
    query = (
        select(*(getattr(CoverageRecord, name) for name in _COVERAGE), PayerRecord.name.label("payer"))
        .join(PayerRecord, PayerRecord.id == CoverageRecord.payer_id)
        .where(CoverageRecord.patient_id == patient_id)
        .order_by(CoverageRecord.rank, CoverageRecord.id)
    )
    coverages = tuple(Coverage(**row._mapping) for row in connection.execute(query))
    granted = (
        select(*(getattr(AuthorizationRecord, name) for name in _AUTHORIZATION))
        .where(
            AuthorizationRecord.coverage_id.in_([one.id for one in coverages]),
            AuthorizationRecord.removed_at.is_(None),
        )
        .order_by(AuthorizationRecord.id.desc())
    )
    return Cover(coverages, tuple(Authorization(**row._mapping) for row in connection.execute(granted)))


def save_coverage(connection: Connection, coverage: Coverage) -> Coverage:
    """Store a new cover, or a changed one. Raises `StaleError`, `NotFoundError`."""
    values = {name: getattr(coverage, name) for name in _COVERAGE if name not in ("id", "revision")}
    key = _save(connection, CoverageRecord, coverage, values)
    return replace(coverage, id=key, revision=coverage.revision + 1)


def save_authorization(connection: Connection, authorization: Authorization) -> Authorization:
    """Store a new authorization, or a changed one. Raises `StaleError`, `NotFoundError`."""
    values = {name: getattr(authorization, name) for name in _AUTHORIZATION if name not in ("id", "revision")}
    key = _save(connection, AuthorizationRecord, authorization, values)
    return replace(authorization, id=key, revision=authorization.revision + 1)


def remove_authorization(
    connection: Connection, authorization: Authorization, at: datetime | None
) -> Authorization:
    """Take an authorization away at an instant, or bring it back (None). Raises as `save_authorization`."""
    _change(
        connection,
        AuthorizationRecord,
        authorization.id,
        authorization.revision,
        "payer.not_found",
        {"removed_at": at},
    )
    return replace(authorization, revision=authorization.revision + 1)


def patient_of_coverage(connection: Connection, coverage_id: int) -> int:
    """Whose cover it is. Raises `NotFoundError`."""
    found = connection.scalar(select(CoverageRecord.patient_id).where(CoverageRecord.id == coverage_id))
    if found is None:
        raise NotFoundError("payer.not_found")
    return found


def _rules(payer: Payer | None, row: Any, otherwise: PayerRules) -> PayerRules:
    """The rules of a stored row; those of `otherwise` where there is none."""
    units = otherwise.units if payer is None else payer.units
    if row is None:
        return replace(otherwise, payer=payer, units=units, revision=0)
    if payer is None:
        units = UnitRuleName(row.counting_rule)
    due = DueRules(**{name: getattr(row, name) for name in _RULES})
    if payer is not None:
        # How far ahead it is told is the clinic's own business, whoever pays.
        due = replace(due, **{name: getattr(otherwise.due, name) for name in _AHEAD})
    return PayerRules(payer=payer, due=due, units=units, revision=row.revision)


def _save(
    connection: Connection, record: Any, value: Coverage | Authorization, values: dict[str, Any]
) -> int:
    if value.id is None:
        made = insert(record).values(uuid=str(uuid4()), revision=1, **values).returning(record.id)
        return int(connection.scalars(made).one())
    _change(connection, record, value.id, value.revision, "payer.not_found", values)
    return value.id


def _change(
    connection: Connection,
    record: Any,
    key: int | None,
    revision: int,
    missing: str,
    values: dict[str, Any],
) -> None:
    done = connection.execute(
        update(record)
        .where(record.id == key, record.revision == revision)
        .values(**values, revision=revision + 1)
    )
    if done.rowcount != 1:
        current = connection.scalar(select(record.revision).where(record.id == key))
        if current is None:
            raise NotFoundError(missing)
        raise StaleError("record.stale", current)
