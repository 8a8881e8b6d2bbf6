"""One key for “tolerated well, no adverse response”: the words in the note, and the response of what was done."""

from __future__ import annotations

from dataclasses import replace

from ptnotes.clinical import Reference
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.text import fold
from ptnotes.domain.treatment import TreatmentSession
from ptnotes.ui.charting import edits

NO_ADVERSE_RESPONSE = "no_adverse_response"
USUAL_SECTION = "assessment"


def tolerated(
    reference: Reference, session: TreatmentSession, section: str = USUAL_SECTION, row: int | None = None
) -> TreatmentSession:
    """The session with the words at the end of a section of its note, and as the response of its mobilizations.

    They become the response of `row`, or, where none is worked on, of every mobilization that has none yet. Words that
    stand there already are not written again. Raises `InputError` ("response.alert") where a response that is charted
    says otherwise: then nothing is changed.
    """
    for done in session.mobilizations:
        for response in done.responses:
            known = reference.responses.get(response)
            if known is not None and known.alert:
                values = {"response": known.label}
                raise InputError(Fault("response.alert", "mobilization.responses", done.row, values))
    said = reference.responses[NO_ADVERSE_RESPONSE].label
    words = f"{said[:1].upper()}{said[1:]}."
    text = getattr(session.note, section)
    if fold(said) not in fold(text):
        gap = "" if not text or text[-1].isspace() else " "
        session = edits.set_note(session, section, f"{text}{gap}{words}")
    rows = tuple(
        replace(done, responses=(*done.responses, NO_ADVERSE_RESPONSE))
        if NO_ADVERSE_RESPONSE not in done.responses
        and (done.row == row if row is not None else not done.responses)
        else done
        for done in session.mobilizations
    )
    return session if rows == session.mobilizations else replace(session, mobilizations=rows)
