"""How the notes that a document draws from are signed, in its words. A signature is claimed only where it holds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from ptnotes.domain.audit import AuditMark
from ptnotes.domain.signature import KIND_WORDS, Addendum, AddendumKind, SignedNote, moment
from ptnotes.domain.treatment import NoteState, TreatmentSession
from ptnotes.reports.document_data import AddedLine, Signatures, SignedLine


def signatures(
    sessions: Sequence[TreatmentSession],
    numbers: Mapping[int, int],
    notes: Sequence[SignedNote],
    broken: Collection[int],
    mark: AuditMark | None,
) -> Signatures:
    """Say how the notes of `sessions` are signed.

    `numbers` are the visits' by session, `notes` what is known of those that are closed, `broken` the sessions whose
    signatures do not hold, and `mark` how far the audit has come.
    """
    by_session = {note.session_id: note for note in notes}
    closed = [by_session[session.id] for session in sessions if session.id in by_session]
    drafts = sum(session.state is NoteState.DRAFT for session in sessions)
    waiting = [note for note in closed if note.state is NoteState.AWAITING_COSIGNATURE]
    failed = sum(note.session_id in broken for note in closed)
    unsigned = []
    if drafts:
        unsigned.append(f"{_notes(drafts)} not signed yet.")
    if waiting:
        unsigned.append(
            f"{_notes(len(waiting))} signed by {_listed(note.signer for note in waiting)}, awaiting a co-signature."
        )
    if failed:
        unsigned.append(f"{_notes(failed)} with a signature that does not hold; it is not claimed here.")
    return Signatures(
        signed=tuple(
            _signed(note, numbers.get(note.session_id))
            for note in closed
            if note.state is NoteState.SIGNED and note.session_id not in broken
        ),
        open=tuple(unsigned),
        added=tuple(_added(note, addendum) for note in closed for addendum in note.addenda),
        mark=None if unsigned else mark,
    )


def _signed(note: SignedNote, number: int | None) -> SignedLine:
    at = moment(note.signed_at, note.zone)
    co_signed = [f"co-signed by {one.person} {moment(one.at, note.zone)}" for one in note.co_signatures]
    return SignedLine(
        on=note.service_date,
        number=number,
        who="; ".join([note.signer, *co_signed]),
        at=f"{at}, late entry" if note.late else at,
        record=note.short_hash,
    )


def _added(note: SignedNote, addendum: Addendum) -> AddedLine:
    words = addendum.text
    if addendum.reason:
        answer = "Answer" if addendum.kind is AddendumKind.AMENDMENT_REQUEST else "Why"
        words = f"{words}\n{answer}: {addendum.reason}"
    kind = KIND_WORDS[addendum.kind]
    return AddedLine(
        on=note.service_date,
        kind=f"{kind}, late entry" if addendum.late else kind,
        words=words,
        who=addendum.author,
        at=moment(addendum.written_at, addendum.zone),
    )


def _notes(count: int) -> str:
    return "1 note" if count == 1 else f"{count} notes"


def _listed(names: Iterator[str]) -> str:
    return " and ".join(dict.fromkeys(names))
