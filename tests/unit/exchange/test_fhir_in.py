"""Patients of FHIR and of our own files, read back."""

import io
import json
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.domain.errors import InputError
from ptnotes.domain.importing import FileKind
from ptnotes.domain.patient import Patient, Sex
from ptnotes.domain.sentences import sentence
from ptnotes.exchange.column_guess import OWN_HEADER
from ptnotes.exchange.csv_in import UNREADABLE
from ptnotes.exchange.csv_text import write_csv
from ptnotes.exchange.fhir_bundle import bundle_bytes
from ptnotes.exchange.fhir_data import PatientData
from ptnotes.exchange.fhir_in import FHIR_MAP, FhirRecords
from ptnotes.exchange.fhir_parts import compact
from ptnotes.exchange.file_in import kind_of
from ptnotes.exchange.json_in import MOST_LETTERS
from ptnotes.exchange.row_in import RowReader
from tests.clinics import CLINIC, reference
from tests.unit.exchange.arriving import NOW, TODAY, patients, read_back
from tests.unit.exchange.records import PEOPLE

WHO: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "17",
    "identifier": [
        {"use": "usual", "value": "U-9"},
        {"type": {"coding": [{"code": "MR"}]}, "value": "000017"},
        {"use": "old", "type": {"coding": [{"code": "MR"}]}, "value": "1"},
    ],
    "name": [
        {"use": "maiden", "family": "Before", "given": ["Anna"]},
        {"use": "usual", "family": "Wrong", "given": ["Anna"]},
        {"use": "official", "family": "Berg", "given": ["Anna", "Maria", "L."], "suffix": ["Jr"]},
        {"use": "nickname", "given": ["Ann"]},
    ],
    "telecom": [
        {"system": "phone", "value": "555-0100"},
        {"system": "phone", "use": "old", "value": "555-0199"},
        {"system": "email", "value": "anna@example.org"},
        {"system": "sms", "value": "555-0101"},
    ],
    "gender": "other",
    "birthDate": "1979-03-12",
    "address": [
        {"use": "old", "text": "nowhere"},
        {
            "use": "home",
            "line": ["1 High Street", "Flat 2"],
            "city": "Harbour",
            "state": "NY",
            "postalCode": "10001",
        },
    ],
    "contact": [
        {"name": {"text": "Somebody"}},
        {
            "relationship": [{"coding": [{"code": "C"}]}],
            "name": {"family": "Berg", "given": ["Luc"]},
            "telecom": [{"system": "phone", "value": "555-0102"}],
        },
    ],
    "communication": [
        {"language": {"coding": [{"code": "en"}]}},
        {"language": {"coding": [{"code": "de", "display": "German"}]}, "preferred": True},
    ],
}


def rows(raw: bytes) -> tuple[list[tuple[int, list[str], str]], int]:
    records = FhirRecords(io.BytesIO(raw), "utf-8")
    found = list(records)
    return found, records.others


def one(document: object) -> Patient:
    _columns, (incoming,) = read_back(json.dumps(document).encode())
    return incoming.patient


def bundle_of(*resources: object) -> dict[str, Any]:
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [{"resource": each} for each in resources],
    }


def test_a_patient_is_read_with_what_holds_now_and_without_what_is_old() -> None:
    assert one(WHO) == Patient(
        mrn="000017",
        family_name="Berg",
        given_name="Anna",
        middle_name="Maria L.",
        suffix="Jr",
        preferred_name="Ann",
        birth_date=date(1979, 3, 12),
        sex=Sex.OTHER,
        telephone="555-0100, 555-0101",
        email="anna@example.org",
        address="1 High Street, Flat 2, Harbour, NY 10001",
        emergency_contact="Luc Berg, 555-0102",
        language="German",
    )


def test_a_bundle_and_a_resource_a_line_are_read_and_other_resources_counted() -> None:
    other = {"resourceType": "Observation", "status": "final"}
    for raw in (
        json.dumps(bundle_of(WHO, other, WHO, None)).encode(),
        b"\xef\xbb\xbf" + b"\r\n".join(json.dumps(each).encode() for each in (WHO, other, WHO, other)),
    ):
        found, others = rows(raw)
        assert [number for number, _cells, _code in found] == [1, 3]
        assert others == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"birthDate": "1979"}, "import.birth_date_partial"),
        ({"birthDate": "1979-03"}, "import.birth_date_partial"),
        ({"birthDate": 1979}, "patient.birth_date.missing"),
        ({"name": [{"text": "Anna Berg"}]}, "text.empty"),
        ({"name": "Anna"}, "text.empty"),
    ],
)
def test_what_is_not_whole_is_refused_with_its_reason(change: dict[str, object], code: str) -> None:
    ((_number, cells, wrong),), _others = rows(json.dumps(WHO | change).encode())
    assert not wrong
    with pytest.raises(InputError) as raised:
        RowReader(FHIR_MAP, TODAY, NOW).read(cells)
    assert code in [fault.code for fault in raised.value.faults]


def test_a_patient_that_was_replaced_and_a_gender_that_is_none_are_refused() -> None:
    replaced = WHO | {"link": [{"type": "replaced-by", "other": {"reference": "Patient/2"}}]}
    found, _others = rows(json.dumps(bundle_of(replaced, WHO | {"gender": "F"}, WHO)).encode())
    assert [code for _number, _cells, code in found] == ["import.replaced", "import.sex", ""]


@pytest.mark.parametrize(
    ("raw", "code", "place"),
    [
        (json.dumps(bundle_of(WHO, WHO), indent=1).encode()[:-40], "import.cut_off", ("312", "7")),
        (json.dumps(WHO).encode() + b"\n[[[", "import.cut_off", ("2", "4")),
        (json.dumps(bundle_of(WHO)).encode()[:-2] + b",\n" + b"[" * 200_000, "import.cut_off", ("2", "1")),
        (json.dumps(bundle_of(WHO)).encode()[:-2] + b",\n {]}", "import.not_json", ("2", "3")),
        (json.dumps(bundle_of(WHO)).encode() + b"}", "import.not_json", None),
    ],
)
def test_where_the_json_breaks_off_what_came_before_is_read_and_it_is_told_from_where_on_nothing_is(
    raw: bytes, code: str, place: tuple[str, str] | None
) -> None:
    records = FhirRecords(io.BytesIO(raw), "utf-8")
    assert [wrong for _number, _cells, wrong in records] == ["", code]
    assert records.broken_off is not None
    assert records.broken_off.code == code
    assert records.broken_off == records.fault(code)
    if place is not None:
        assert tuple(records.broken_off.values[name] for name in ("line", "letter")) == place


@pytest.mark.parametrize(
    ("harmed", "code"),
    [
        (b'{"resource": {"resourceType": "Patient",, "id": "{["}}', "import.entry_not_json"),
        (b'{"resource": {"resourceType": "Patient", active: True}}', "import.entry_not_json"),
        (b'{"resource": {"resourceType": "Patient", "text": "two\nlines \\" ]"}}', "import.entry_not_json"),
        (b"nonsense", "import.entry_not_json"),
        (b'{"resource": {"a": ' + b"[" * 90_000 + b"]" * 90_000 + b"}}", "import.too_deep"),
        (b'{"resource": {"data": "' + b"A" * 2 * MOST_LETTERS + b'"}}', "import.too_long"),
    ],
    ids=["comma", "words", "line end", "nonsense", "deep", "large"],
)
def test_an_entry_that_is_harmed_too_deep_or_too_large_stops_no_other(harmed: bytes, code: str) -> None:
    entry = json.dumps({"resource": WHO}).encode()
    for before, after in ((b'{"resourceType": "Bundle", "entry": [', b"]}"), (b"[", b"]")):
        raw = before + b",\n".join((entry, harmed, entry)) + after
        records = FhirRecords(io.BytesIO(raw), "utf-8")
        assert [(number, wrong) for number, _cells, wrong in records] == [(1, ""), (2, code), (3, "")]
        assert records.broken_off is None
        assert records.fault(code).values["line"] == "2"


def test_a_patient_alone_with_a_part_that_is_too_deep_is_refused_and_no_other_line() -> None:
    deep = b'{"resourceType": "Patient", "extension": ' + b"[" * 90_000 + b"]" * 90_000 + b"}"
    assert rows(deep)[0] == [(1, [], "import.too_deep")]
    who = json.dumps(WHO).encode()
    found, _others = rows(b"\n".join((who, deep, who)))
    assert [code for _number, _cells, code in found] == ["", "import.too_deep", ""]


def test_patients_are_found_in_an_array_in_entries_without_a_bundle_and_in_bundles_within_one() -> None:
    other = {"resourceType": "Observation"}
    for document, others in (
        ([WHO, other, WHO], 1),
        ([[WHO], [WHO, None]], 1),
        ([{"resource": WHO}, {"fullUrl": "urn:x", "resource": WHO}], 0),
        ([bundle_of(WHO, other), bundle_of(WHO)], 1),
        (bundle_of(bundle_of(WHO), bundle_of(other, bundle_of(WHO))), 1),
        ({"resourceType": "Bundle", "entry": [WHO, WHO, {"request": {}}]}, 1),
    ):
        for indent in (None, 1):
            raw = json.dumps(document, indent=indent).encode()
            file = io.BytesIO(raw)
            assert kind_of(file) is FileKind.FHIR
            found, counted = rows(raw)
            assert [code for _number, _cells, code in found] == ["", ""]
            assert counted == others


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b" \n[ {", FileKind.FHIR),
        (b"[]", FileKind.FHIR),
        (b"\xef\xbb\xbf[\r\n{", FileKind.FHIR),
        (b"[Last Name],[First Name]\r\n", FileKind.CSV),
        (b"[", FileKind.CSV),
    ],
)
def test_an_array_of_objects_is_json_and_names_in_brackets_are_not(start: bytes, kind: FileKind) -> None:
    assert kind_of(io.BytesIO(start)) is kind


def test_a_comma_too_many_or_too_few_between_entries_costs_no_patient() -> None:
    entry = json.dumps({"resource": WHO})
    for joint, last in ((",", ","), (" ", ""), (",", " ,\n")):
        found, _others = rows(
            f'{{"entry": [{entry}{joint}{entry}{last}], "resourceType": "Bundle"}}'.encode()
        )
        assert [code for _number, _cells, code in found] == ["", ""]


def test_lines_are_lines_where_the_first_is_longer_than_what_is_looked_at_first() -> None:
    photo = WHO | {"photo": [{"data": "A" * 200_000}]}
    who = json.dumps(WHO).encode()
    found, _others = rows(b"\n".join((json.dumps(photo).encode(), who[:-9], who)))
    assert [code for _number, _cells, code in found] == ["", "import.line_not_json", ""]


def test_a_line_longer_than_any_resource_is_one_row() -> None:
    who = json.dumps(WHO).encode()
    long = b'{"resourceType": "Patient", "data": "' + b"A" * 2 * MOST_LETTERS + b'"}'
    found, _others = rows(b"\n".join((who, long, who[:-9], who)))
    told = ["", "import.line_not_json", "import.line_not_json", ""]
    assert [code for _number, _cells, code in found] == told


def test_text_that_is_not_closed_twice_hides_nobody_between() -> None:
    entry = (
        b'{"resource": {"resourceType": "Patient", "name": [{"family": "Berg"}], "birthDate": "1979-03-12"}}'
    )
    open_text = entry.replace(b'Berg"', b"Berg")
    raw = b"[" + b",".join((entry, open_text, entry, open_text, entry)) + b"]"
    records = FhirRecords(io.BytesIO(raw), "utf-8")
    assert [code for _number, _cells, code in records] == ["", "import.gap", "", "import.gap", ""]
    assert records.broken_off is None


def test_where_nothing_was_read_is_told_from_where_to_where() -> None:
    lines = json.dumps(bundle_of(WHO, WHO, WHO), indent=1).split("\n")
    ends = [number for number, line in enumerate(lines) if line == "  },"]
    begins = [number for number, line in enumerate(lines, 1) if line == "  {"]
    # The bracket that closes the second entry is lost.
    lines[ends[1]] = "  "
    records = FhirRecords(io.BytesIO("\n".join(lines).encode()), "utf-8")
    told = [sentence(records.fault(code)) if code else "" for _number, _cells, code in records]
    assert told[::2] == ["", ""]
    assert f"at line {begins[2]}, letter 3" in told[1]
    assert f"went on at line {begins[2]}, letter 3" in told[1]


def test_behind_the_last_entry_reading_ends_as_before_and_is_told() -> None:
    entry = json.dumps({"resource": WHO})
    for last, code in ((entry[:-1], "import.cut_off"), (entry[:-2] + "]", "import.not_json")):
        records = FhirRecords(io.BytesIO(f'{{"entry": [{entry},{last}'.encode()), "utf-8")
        assert [wrong for _number, _cells, wrong in records] == ["", code]
        assert records.broken_off is not None
    # What follows the entries of a bundle that is no entry is not known any more, and told.
    raw = f'{{"entry": [{entry[:-1]},{entry}], "total": 2}}'.encode()
    records = FhirRecords(io.BytesIO(raw), "utf-8")
    assert [wrong for _number, _cells, wrong in records] == ["import.gap", "", "import.not_json"]
    assert records.broken_off is not None


@pytest.mark.parametrize("indent", [None, 1])
def test_a_bracket_or_a_quotation_mark_that_is_missing_hides_no_other_entry(indent: int | None) -> None:
    people = [WHO | {"birthDate": f"19{number}-01-01"} for number in range(10, 14)]
    text = json.dumps(bundle_of(*people) | {"entry": []}, indent=indent).rpartition("]")
    entries = [
        json.dumps({"fullUrl": f"urn:x:{one['birthDate']}", "resource": one}, indent=indent) for one in people
    ]
    second = entries[1]
    for at, letter in enumerate(second):
        if letter not in '{}[]",:':
            continue
        harmed = [entries[0], second[:at] + second[at + 1 :], *entries[2:]]
        records = FhirRecords(io.BytesIO((text[0] + ",\n".join(harmed) + "]" + text[2]).encode()), "utf-8")
        born = [cells[7] for _number, cells, code in records if not code]
        assert {"1910-01-01", "1912-01-01", "1913-01-01"} <= {*born}, second[max(at - 9, 0) : at + 9]
        assert len(born) <= 4


@given(st.data())
def test_one_letter_changed_reads_nobody_who_is_not_there_and_hides_nobody(data: st.DataObject) -> None:
    people = [WHO | {"id": f"p{number}", "birthDate": f"19{number}0-01-01"} for number in range(10, 14)]
    document: object = data.draw(st.sampled_from([bundle_of(*people), people]))
    text = json.dumps(document, indent=data.draw(st.sampled_from([None, 1])))
    at = data.draw(st.integers(1, len(text) - 1))
    put = data.draw(st.sampled_from([*'{}[]",:\\ x1', ""]))
    taken = data.draw(st.integers(0, 1))
    records = FhirRecords(io.BytesIO((text[:at] + put + text[at + taken :]).encode()), "utf-8")
    found = list(records)
    born = [cells[7] for _number, cells, code in found if not code]
    there = [str(one["birthDate"]) for one in people]
    assert len([day for day in born if day in there]) == len({day for day in born if day in there})
    assert len([day for day in born if day not in there]) <= 1
    if len(born) < len(there):
        # Who is missing was refused, or is told: something else than a Patient stands there now, or reading ended.
        refused = sum(bool(code) for _number, _cells, code in found)
        assert refused + records.others >= 1
        if records.broken_off is None:
            assert len(born) + refused + records.others >= len(there)


def test_a_line_that_is_no_json_stops_no_other_line() -> None:
    who = json.dumps(WHO).encode()
    for broken in (who[:-9], b'{"resourceType":"Patient",,}', b"{" * 10_000, b"nonsense", b'{"a": "\xff'):
        found, _others = rows(b"\n".join((who, broken, who, broken, who)))
        assert [(number, code) for number, _cells, code in found] == [
            (1, ""),
            (2, "import.line_not_json"),
            (3, ""),
            (4, "import.line_not_json"),
            (5, ""),
        ]
    found, _others = rows(b"\n".join((who[:-9], who, who)))
    assert [code for _number, _cells, code in found] == ["import.line_not_json", "", ""]


def test_entries_on_lines_of_their_own_are_those_of_a_bundle() -> None:
    entry = json.dumps({"resource": WHO})
    for raw in (
        '{"resourceType": "Bundle", "entry": [\n' + entry + ",\n" + entry + "\n]}",
        '{"resourceType": "Bundle", "entry": [' + entry + ",\n" + entry + "]}",
        json.dumps(bundle_of(WHO, WHO), indent=0),
        json.dumps(bundle_of(WHO, WHO), indent=1),
    ):
        found, _others = rows(raw.encode())
        assert [code for _number, _cells, code in found] == ["", ""]


@pytest.mark.parametrize("place", ["id", "name", "address", "gender"])
def test_half_of_a_letter_is_refused_as_what_cannot_be_read(place: str) -> None:
    half = {
        "id": "\ud800" * 8 + "-1234-1234-1234-123456789012",
        "name": [{"family": "Berg\udbff", "given": ["Anna"]}],
        "address": [{"text": "\udc00 High Street"}],
        "gender": "\ud83d",
    }[place]
    found, _others = rows(json.dumps(bundle_of(WHO | {place: half}, WHO)).encode())
    assert found[0][2]
    assert not found[1][2]
    for cell in found[0][1]:
        cell.replace(UNREADABLE, "").encode()


def test_a_number_of_thousands_of_digits_stops_nothing() -> None:
    raw = (
        json.dumps(bundle_of(WHO, WHO)).encode().replace(b'"gender"', b'"x": ' + b"9" * 5000 + b', "gender"')
    )
    found, _others = rows(raw)
    assert [code for _number, _cells, code in found] == ["", ""]


def test_a_large_bundle_takes_no_more_memory_than_a_small_one() -> None:
    class Endless(io.RawIOBase):
        """A bundle of very many patients that is nowhere as a whole."""

        def __init__(self) -> None:
            self._parts = self._made()
            self._left = b""

        def _made(self) -> Iterator[bytes]:
            yield b'{"resourceType":"Bundle","entry":['
            for number in range(4_000):
                yield (b"," if number else b"") + json.dumps({"resource": WHO}).encode()
            yield b"]}"

        def readable(self) -> bool:
            return True

        def seekable(self) -> bool:
            return True

        def seek(self, *_where: int) -> int:
            self.__init__()  # type: ignore[misc]  # from the start, which is the one place that is gone to
            return 0

        def readinto(self, buffer: Any) -> int:
            part = self._left or next(self._parts, b"")
            part, self._left = part[: len(buffer)], part[len(buffer) :]
            buffer[: len(part)] = part
            return len(part)

    tracemalloc.start()
    try:
        count = sum(1 for _ in FhirRecords(io.BufferedReader(Endless()), "utf-8"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 4_000
    assert peak < 3_000_000


@given(patients())
def test_any_patient_comes_back_from_our_own_csv_letter_by_letter(patient: Patient) -> None:
    target = io.BytesIO()
    header = (*OWN_HEADER, "created_at", "import_run")
    cells = [None if name == "retain_until" else getattr(patient, name) for name in OWN_HEADER]
    write_csv(target, header, [[*cells, NOW, None]])
    columns, (incoming,) = read_back(target.getvalue())
    assert columns.is_guarded
    assert incoming.patient == patient


@given(patients().filter(lambda one: all(compact(text) == text for text in vars_of(one))))
def test_any_patient_of_letters_that_fhir_has_comes_back_from_our_own_bundle(patient: Patient) -> None:
    data = PatientData(reference=reference(), clinic=CLINIC, people=PEOPLE, patient=patient, made_at=NOW)
    columns, (incoming,) = read_back(bundle_bytes(data))
    assert columns.kind is FileKind.FHIR
    # A bundle says that a patient is archived, and not since when.
    archived_at = None if patient.archived_at is None else NOW
    assert incoming.patient == replace(patient, archived_at=archived_at)


def vars_of(patient: Patient) -> list[str]:
    """Every text of a patient."""
    return [value for name in patient.__slots__ if isinstance(value := getattr(patient, name), str)]


@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_no_bytes_at_all_end_in_anything_but_rows_or_a_refusal(raw: bytes) -> None:
    try:
        read_back(b"{" + raw)
        read_back(raw)
    except InputError as error:
        assert error.code.split(".")[0] in {"import", "patient", "text"}  # noqa: PT017 - any of them, or none


def test_endless_numbers_and_odd_values_are_refused_and_never_a_fault_of_ours() -> None:
    for text in (
        '{"resourceType": NaN}',
        '{"a": 1e999}',
        '{"resourceType":"Patient","name":{"x":[1]}}',
        '{"a"',
        "{}",
    ):
        found, _others = rows(text.encode())
        assert all(code or isinstance(cells, list) for _number, cells, code in found)
