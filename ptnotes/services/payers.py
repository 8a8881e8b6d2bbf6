"""Payers and their rules, which whoever looks after the clinic sets; and who pays for a patient's treatment."""

from __future__ import annotations

from dataclasses import replace

from ptnotes.db import payers as stored
from ptnotes.db.audit import Writing
from ptnotes.domain.audit import Subject, Verb
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.payers import (
    Authorization,
    Cover,
    Coverage,
    Payer,
    PayerRules,
    checked_authorization,
    checked_coverage,
    checked_payer,
    checked_rules,
)
from ptnotes.domain.permissions import Act
from ptnotes.domain.text import fold
from ptnotes.services.audit import changing_clinic, log
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require


def rules_by_payer(clinic: OpenClinic) -> tuple[PayerRules, ...]:
    """The clinic's own rules, then each payer's in the order of their names."""
    with clinic.store.read() as connection:
        return tuple(stored.rules_by_payer(connection).values())


def change_payer_rules(clinic: OpenClinic, rules: PayerRules) -> PayerRules:
    """Store changed rules of the clinic or of a payer. Raises `InputError`, `StaleError`, `AccessError`."""
    require(clinic, Act.ADMINISTER)
    checked = checked_rules(rules)
    with changing_clinic(clinic, "rules of what is due") as connection:
        return stored.save_rules(connection, checked)


def add_payer(clinic: OpenClinic, payer: Payer) -> Payer:
    """Store a new payer, or give the one of that name that is there. Raises `InputError`, `AccessError`."""
    require(clinic, Act.EDIT_DEMOGRAPHICS)
    checked = checked_payer(payer)
    with clinic.store.write() as connection:
        wanted = fold(checked.name)
        there = next((one for one in stored.payers(connection) if fold(one.name) == wanted), None)
        if there is not None:
            return there
        added = stored.save_payer(connection, checked)
        log(clinic, connection, Verb.CHANGED, Subject.CLINIC, detail="payers")
        connection.commit()
    return added


def archive_payer(clinic: OpenClinic, payer: Payer) -> Payer:
    """Offer a payer no more; who is covered by them stays covered. Raises `StaleError`, `AccessError`."""
    require(clinic, Act.ADMINISTER)
    with changing_clinic(clinic, "payers") as connection:
        return stored.archive_payer(connection, payer, clinic.clock())


def cover_of(clinic: OpenClinic, patient_id: int) -> Cover:
    """How a patient's treatment is paid."""
    require(clinic, Act.VIEW_DEMOGRAPHICS)
    with clinic.store.read() as connection:
        return stored.cover_of(connection, patient_id)


def save_coverage(clinic: OpenClinic, coverage: Coverage) -> Coverage:
    """Store a new or changed cover of a patient. Raises `InputError`, `StaleError`, `AccessError`."""
    require(clinic, Act.EDIT_DEMOGRAPHICS)
    checked = checked_coverage(coverage)
    with clinic.store.write() as connection:
        there = stored.cover_of(connection, checked.patient_id).coverages
        if any(
            (one.payer_id, one.member_number) == (checked.payer_id, checked.member_number)
            and one.id != checked.id
            for one in there
        ):
            raise InputError(Fault("payer.covered_already", "coverage.payer"))
        if checked.id is None and there:
            checked = replace(checked, rank=max(one.rank for one in there) + 1)
        saved = stored.save_coverage(connection, checked)
        _log(clinic, connection, saved.patient_id, "payer")
        connection.commit()
    return saved


def save_authorization(clinic: OpenClinic, authorization: Authorization) -> Authorization:
    """Store a new or changed authorization. Raises `InputError`, `StaleError`, `NotFoundError`, `AccessError`."""
    require(clinic, Act.EDIT_DEMOGRAPHICS)
    checked = checked_authorization(authorization)
    with clinic.store.write() as connection:
        patient_id = stored.patient_of_coverage(connection, checked.coverage_id)
        saved = stored.save_authorization(connection, checked)
        _log(clinic, connection, patient_id, "authorized visits")
        connection.commit()
    return saved


def remove_authorization(clinic: OpenClinic, authorization: Authorization) -> Authorization:
    """Take an authorization away that was entered by mistake. Raises `StaleError`, `NotFoundError`, `AccessError`."""
    require(clinic, Act.EDIT_DEMOGRAPHICS)
    with clinic.store.write() as connection:
        patient_id = stored.patient_of_coverage(connection, authorization.coverage_id)
        removed = stored.remove_authorization(connection, authorization, clinic.clock())
        _log(clinic, connection, patient_id, "authorized visits")
        connection.commit()
    return removed


def _log(clinic: OpenClinic, connection: Writing, patient_id: int, detail: str) -> None:
    log(clinic, connection, Verb.CHANGED, Subject.PATIENT, patient_id, patient_id=patient_id, detail=detail)
