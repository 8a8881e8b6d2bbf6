"""Letters: the templates that a clinic writes them from, and a letter as a document.

A template is changed by whoever looks after the clinic, since it puts words into everybody's letters. A letter is its
writer's own words; where it says word for word what the notes of visits say, it is as much a draft as they are.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial
from importlib.resources import files
from uuid import uuid4

from ptnotes.db import letters as stored
from ptnotes.db.audit import Writing
from ptnotes.domain.dates import age_years
from ptnotes.domain.documents import DocumentKind, Lack
from ptnotes.domain.errors import Fault, InputError, StaleError
from ptnotes.domain.letters import (
    LetterChoices,
    LetterTemplate,
    called,
    checked_letter,
    checked_template,
    filled_in,
    left_to_fill,
    quotes_of,
)
from ptnotes.domain.permissions import Act
from ptnotes.domain.text import fold
from ptnotes.domain.treatment import TreatmentSession
from ptnotes.domain.trend import counted, visit_numbers
from ptnotes.reports.document_data import Signatures
from ptnotes.reports.letter_data import LetterData
from ptnotes.services.audit import changing_clinic
from ptnotes.services.case import Case, gather_whole
from ptnotes.services.documents import MadeDocument, Signable, made_document
from ptnotes.services.letter_values import letter_values
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require
from ptnotes.services.report_signatures import signatures


@cache
def shipped_templates() -> tuple[LetterTemplate, ...]:
    """The starting set, from ``resources/letters.toml``."""
    text = (files("ptnotes.resources") / "letters.toml").read_text(encoding="utf-8")
    return tuple(
        replace(
            checked_template(LetterTemplate(name=row["name"], subject=row["subject"], text=row["text"])),
            uuid=row["uuid"],
            shipped=True,
        )
        for row in tomllib.loads(text)["letter"]
    )


def letter_templates(clinic: OpenClinic) -> tuple[LetterTemplate, ...]:
    """The templates in use, by name: the clinic's, and the program's where the clinic has not replaced them."""
    with clinic.store.read() as connection:
        own = stored.letter_templates(connection)
        replaced = stored.template_uuids(connection)
    shipped = tuple(template for template in shipped_templates() if template.uuid not in replaced)
    return tuple(sorted((*own, *shipped), key=lambda template: fold(template.name)))


def save_template(clinic: OpenClinic, template: LetterTemplate) -> LetterTemplate:
    """Store a new or changed template, and give it as stored. One of the program's becomes the clinic's.

    Raises `InputError` ("text.empty", "letter.unknown_place", "letter.name_taken"), `AccessError` and `StaleError`.
    """
    require(clinic, Act.ADMINISTER)
    checked = checked_template(template)
    with changing_clinic(clinic, "letters") as connection:
        _refuse_taken(connection, checked)
        if checked.id is not None:
            return stored.change_template(connection, checked)
        _refuse_replaced(connection, checked)
        return stored.add_template(connection, replace(checked, uuid=checked.uuid or str(uuid4())))


def archive_template(clinic: OpenClinic, template: LetterTemplate) -> LetterTemplate:
    """Put a template away; `restore_template` with what this gives undoes it. Raises `AccessError`, `StaleError`."""
    require(clinic, Act.ADMINISTER)
    with changing_clinic(clinic, "letters") as connection:
        if template.id is None:
            _refuse_replaced(connection, template)
            return stored.add_template(connection, template, clinic.clock())
        return stored.set_archived(connection, template, clinic.clock())


def restore_template(clinic: OpenClinic, template: LetterTemplate) -> LetterTemplate:
    """Put a template into use again that was put away. Raises `InputError` "letter.name_taken", as `archive_template`
    besides.
    """
    require(clinic, Act.ADMINISTER)
    with changing_clinic(clinic, "letters") as connection:
        _refuse_taken(connection, template)
        return stored.set_archived(connection, template, None)


def filled(clinic: OpenClinic, episode_id: int, template: LetterTemplate) -> LetterChoices:
    """A template with what is known of the episode in its places, to be gone over; what is not known is a blank.

    It goes to whom its first line names, the referrer or the patient. Raises `NotFoundError`, `AccessError`.
    """
    require(clinic, Act.WRITE_PROGRESS_REPORT)
    case = gather_whole(clinic, episode_id)
    values = letter_values(clinic.reference, case)
    return LetterChoices(
        to="\n".join(line for line in _to(case, template) if line),
        # A subject is one line, and what stands in its places may be several.
        subject=" ".join(filled_in(template.subject, values).split()),
        text=filled_in(template.text, values),
    )


def prepare_letter(clinic: OpenClinic, episode_id: int, choices: LetterChoices) -> MadeDocument:
    """The letter as chosen, ready to be given out.

    It is a draft while a blank is left in it, and where it repeats words of notes that are not signed. Raises
    `NotFoundError`, `AccessError`, `InputError` ("text.empty", "text.too_long", "text.control"), and `PtNotesError`
    "report.glyph_missing" for a character that no font has.
    """
    data, attended, left = _gathered(clinic, episode_id, choices)
    # ReportLab is read only when the first document is made, never on the way to a window.
    from ptnotes.reports.letter import render_letter  # noqa: PLC0415

    on = data.written_at.date()
    made = made_document(DocumentKind.LETTER, data, render_letter(data), on, episode_id)
    return replace(
        made,
        sessions=tuple((one.id or 0, one.revision) for one in attended),
        draft=(*made.draft, *data.undone),
        lacks=_lacks(data, left),
        signable=Signable(data=data, read=partial(_data, clinic, episode_id, choices), draw=render_letter),
    )


def _data(clinic: OpenClinic, episode_id: int, choices: LetterChoices) -> LetterData:
    return _gathered(clinic, episode_id, choices)[0]


def _gathered(
    clinic: OpenClinic, episode_id: int, choices: LetterChoices
) -> tuple[LetterData, Sequence[TreatmentSession], tuple[str, ...]]:
    """The content of a letter, the visits that it draws from, and what is still to be filled in."""
    require(clinic, Act.WRITE_PROGRESS_REPORT)
    letter = checked_letter(choices)
    case = gather_whole(clinic, episode_id)
    draws = bool(quotes_of(letter, letter_values(clinic.reference, case)))
    attended = counted(case.sessions) if draws else []
    told = signatures(attended, visit_numbers(case.sessions), case.notes, case.broken, case.mark)
    left = left_to_fill(letter)
    data = LetterData(
        clinic=case.clinic,
        author=case.author,
        written_at=case.written_at,
        paper=letter.paper or case.clinic.paper,
        patient=case.patient,
        age_years=age_years(case.patient.birth_date, case.as_of),
        signatures=told if draws else Signatures(),
        to=letter.to,
        subject=letter.subject,
        text=letter.text,
        undone=("1 blank to fill in." if len(left) == 1 else f"{len(left)} blanks to fill in.",)
        if left
        else (),
    )
    return data, attended, left


def _to(case: Case, template: LetterTemplate) -> tuple[str, ...]:
    first_line = template.text.partition("\n")[0]
    if "{referrer}" in first_line:
        return case.episode.referrer, case.episode.referrer_practice
    if "{patient.name}" in first_line:
        return called(case.patient), case.patient.address
    return ()


def _lacks(data: LetterData, left: tuple[str, ...]) -> tuple[Lack, ...]:
    found = [Lack(code="lack.letter_blank", values={"blank": blank}) for blank in left]
    if not data.to:
        found.append(Lack(code="lack.letter_to", is_required=False))
    if not data.subject:
        found.append(Lack(code="lack.letter_subject", is_required=False))
    if not data.author.credentials:
        found.append(Lack(code="lack.credentials", values={"name": data.author.name}))
    return tuple(sorted(found, key=lambda lack: not lack.is_required))


def _refuse_replaced(connection: Writing, template: LetterTemplate) -> None:
    """A template of the program's that is the clinic's by now was seen as it stood before."""
    if template.uuid in stored.template_uuids(connection):
        raise StaleError("record.stale", 0)


def _refuse_taken(connection: Writing, template: LetterTemplate) -> None:
    own = stored.letter_templates(connection)
    replaced = {*stored.template_uuids(connection), template.uuid}
    in_use = (*own, *(one for one in shipped_templates() if one.uuid not in replaced))
    if any(fold(one.name) == fold(template.name) and one.uuid != template.uuid for one in in_use):
        raise InputError(Fault("letter.name_taken", "letter.name"))
