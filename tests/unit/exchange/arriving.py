"""Any patient that can be stored, and a file of theirs read back."""

import io
from datetime import UTC, date, datetime
from uuid import uuid4

from hypothesis import strategies as st

from ptnotes.domain.importing import ImportMap
from ptnotes.domain.patient import Patient, Sex, checked_patient
from ptnotes.domain.text import LINE_LIMIT, clean_line
from ptnotes.exchange.file_in import first_guess, rows_of
from ptnotes.exchange.row_in import Incoming, RowReader

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
_LETTERS = st.characters(exclude_categories=("Cs", "Cc"))
# What spreadsheets run, what guards against it, and what parts cells come more often than by chance.
_TEXT = st.text(_LETTERS, max_size=30) | st.text("'=+-@,;\t|\"‘\u200f éあب", max_size=8)


def lines(*, required: bool = False) -> st.SearchStrategy[str]:
    """Any text of one line as it is stored."""
    cleaned = _TEXT.map(lambda text: " ".join(text.split())).map(lambda text: clean_line(text, "text"))
    whole = cleaned.filter(lambda text: len(text) <= LINE_LIMIT)
    return whole.filter(bool) if required else whole


@st.composite
def patients(draw: st.DrawFn) -> Patient:
    """Any patient as stored, archived or not."""
    at = st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is given beside
    made = Patient(
        uuid=str(uuid4()),
        mrn=draw(lines(required=True)),
        family_name=draw(lines(required=True)),
        given_name=draw(lines(required=True)),
        middle_name=draw(lines()),
        suffix=draw(lines()),
        preferred_name=draw(lines()),
        birth_date=draw(st.dates(date(1890, 1, 1), TODAY)),
        sex=draw(st.sampled_from(Sex)),
        telephone=draw(lines()),
        email=draw(lines()),
        address=draw(lines()),
        emergency_contact=draw(lines()),
        language=draw(lines()),
        archived_at=draw(st.none() | at),
    )
    return checked_patient(made, TODAY)


def read_back(raw: bytes) -> tuple[ImportMap, list[Incoming]]:
    """The patients of a file, read as it is guessed."""
    file = io.BytesIO(raw)
    columns = first_guess(file, None).map
    reader = RowReader(columns, TODAY, NOW)
    with rows_of(file, columns) as rows:
        found = [reader.read(cells) for _number, cells, code in rows if not code]
    return columns, found
