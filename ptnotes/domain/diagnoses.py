"""Diagnoses as they are typed and found: the form of an ICD-10-CM code, what is known of one, and what may be stored.

The reference data hold some hundred billable codes and a few that are refused. Any other code of the right form may be
recorded with the clinician's words; it is marked as not checked, since nothing here knows it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ptnotes.clinical import Condition, ConditionCode, Reference, loosen
from ptnotes.domain.episode import Diagnosis
from ptnotes.domain.errors import Fault, InputError

_CODE = re.compile(r"([A-Z][0-9][0-9A-Z])(?:\.?([0-9A-Z]{1,4}))?")
"""A letter, a digit, a digit or letter; then up to four more after a dot: the public structure of ICD-10-CM."""
_MEANT_AS_CODE = re.compile(r"[A-Z][0-9][0-9A-Z.\-]*")
CODE_FIELD = "diagnosis.code"


@dataclass(frozen=True, slots=True)
class KnownCode:
    """A billable code of the reference data and the condition it is listed under."""

    condition: Condition
    code: ConditionCode


def icd_code(text: str) -> str | None:
    """`text` as an ICD-10-CM code in capitals with its dot (``m5416`` is ``M54.16``); None if not formed like one."""
    found = _CODE.fullmatch(text.strip().upper())
    if found is None:
        return None
    head, rest = found.groups()
    return f"{head}.{rest}" if rest else head


def known_code(reference: Reference, code: str) -> KnownCode | None:
    """What the reference data say of a code, None where it is not among them."""
    return next((known for known in known_codes(reference) if known.code.code == code), None)


def known_codes(reference: Reference) -> tuple[KnownCode, ...]:
    """Every billable code of the reference data, in its order. A code of two conditions is there twice."""
    return tuple(
        KnownCode(condition, code) for condition in reference.conditions.values() for code in condition.codes
    )


def is_not_billable(reference: Reference, code: str) -> bool:
    """Whether a code is known to need more characters: listed as such, or the beginning of a longer billable code."""
    return code in reference.not_billable or bool(full_codes(reference, code))


def full_codes(reference: Reference, code: str) -> tuple[KnownCode, ...]:
    """The billable codes of the data that begin with `code` and go on; each once."""
    found: dict[str, KnownCode] = {}
    for known in known_codes(reference):
        if known.code.code != code and known.code.code.startswith(code):
            found.setdefault(known.code.code, known)
    return tuple(found.values())


def find_codes(reference: Reference, text: str) -> tuple[KnownCode, ...]:
    """The billable codes that answer a text, best first: the start of a code, a condition's words, a description."""
    wanted = text.strip()
    if not wanted:
        return ()
    start = icd_code(wanted) or wanted.upper()
    words = loosen(wanted).split()
    by_code = [known for known in known_codes(reference) if known.code.code.startswith(start)]
    by_condition = [
        KnownCode(condition, code)
        for condition in reference.find("conditions", wanted)
        for code in condition.codes
    ]
    by_description = [
        known
        for known in known_codes(reference)
        if words and all(word in loosen(known.code.description) for word in words)
    ]
    found: dict[tuple[str, str], KnownCode] = {}
    # Several words name one code (``osteoarthritis left hip``), a single one a condition with all of its codes.
    rest = (*by_description, *by_condition) if len(words) > 1 else (*by_condition, *by_description)
    for known in (*by_code, *rest):
        found.setdefault((known.condition.id, known.code.code), known)
    return tuple(found.values())


def own_terms(reference: Reference, text: str) -> tuple[str, ...]:
    """The terms, among those that are recorded as the clinician's own without a code, that `text` begins or names."""
    wanted = loosen(text)
    return tuple(
        term
        for condition in reference.conditions.values()
        for term in condition.clinician_terms
        if wanted and loosen(term).startswith(wanted)
    )


def read_diagnosis(reference: Reference, text: str) -> Diagnosis:
    """The diagnosis that is typed: a code, a code with words behind it, or words alone. Its row number is 0.

    Raises `InputError` on ``diagnosis.code``: "diagnosis.malformed" for what is meant as a code and is none,
    "diagnosis.not_billable", and "diagnosis.needs_words" for a code that nothing is known of and that stands alone.
    """
    typed = " ".join(text.split())
    first, _, words = typed.partition(" ")
    first = first.rstrip(",:;")
    if not _begins_with_code(reference, first, words):
        return Diagnosis(row=0, words=typed)
    code = icd_code(first)
    if code is None:
        raise InputError(Fault("diagnosis.malformed", CODE_FIELD, values={"code": first[:20]}))
    known = known_code(reference, code)
    if known is not None:
        return coded(reference, known, words)
    if is_not_billable(reference, code):
        raise InputError(Fault("diagnosis.not_billable", CODE_FIELD, values={"code": code}))
    if not words:
        raise InputError(Fault("diagnosis.needs_words", CODE_FIELD, values={"code": code}))
    return Diagnosis(row=0, code=code, words=words, code_set_date=_release(reference))


def coded(reference: Reference, known: KnownCode, words: str = "") -> Diagnosis:
    """A diagnosis with a code of the data, in the clinician's words or else in those of the code. Row number 0."""
    return Diagnosis(
        row=0,
        code=known.code.code,
        words=words or known.code.description,
        checked=True,
        code_set_date=_release(reference),
    )


def diagnosis_code_fault(reference: Reference, diagnosis: Diagnosis) -> Fault | None:
    """What keeps a diagnosis' code from being stored: it is not formed like one, or cannot be billed."""
    code = diagnosis.code.strip().upper()
    if not code:
        return None
    if icd_code(code) is None:
        return Fault("diagnosis.malformed", CODE_FIELD, diagnosis.row, {"code": code[:20]})
    if is_not_billable(reference, code):
        return Fault("diagnosis.not_billable", CODE_FIELD, diagnosis.row, {"code": code})
    return None


def moved(diagnoses: tuple[Diagnosis, ...], row: int, by: int) -> tuple[Diagnosis, ...]:
    """The diagnoses with row number `row` moved by so many places (−1: up); unchanged at the end of the list."""
    place = next(place for place, each in enumerate(diagnoses) if each.row == row)
    other = place + by
    if not 0 <= other < len(diagnoses):
        return diagnoses
    ordered = list(diagnoses)
    ordered.insert(other, ordered.pop(place))
    return tuple(ordered)


def added(diagnoses: tuple[Diagnosis, ...], new: Diagnosis) -> tuple[Diagnosis, ...]:
    """The diagnoses with `new` at the end; unchanged where its code, or its words without a code, stand already.

    Its row number is one that no diagnosis of the episode ever had.
    """
    if (new.code or new.words) in {each.code or each.words for each in diagnoses}:
        return diagnoses
    return (*diagnoses, new)


def _begins_with_code(reference: Reference, first: str, words: str) -> bool:
    """Whether a typed text begins with what is meant as a code. ``T12 fracture`` begins with a vertebra."""
    token = first.upper()
    if not _MEANT_AS_CODE.fullmatch(token):
        return False
    if not words:
        return True
    return token not in reference.targets and (icd_code(token) is not None or "." in token)


def _release(reference: Reference) -> str:
    return reference.notices["icd10cm_release"]
