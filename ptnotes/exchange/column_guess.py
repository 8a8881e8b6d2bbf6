"""What the columns of another system's file hold, guessed from their names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ptnotes.domain.importing import FED_BY_ONE, Target
from ptnotes.domain.text import fold

OWN_HEADER = (
    "uuid", "mrn", "family_name", "given_name", "middle_name", "suffix", "preferred_name", "birth_date", "sex",
    "telephone", "email", "address", "emergency_contact", "language", "retain_until", "archived_at",
)  # fmt: skip
"""The columns of our own `patients.csv` that are read back, each by the name of its target."""
_LONGEST_NAME = 60
_BEGINS_NUMBER = re.compile(r"\W*\d")
REASON_HEAD = "Why PT Notes did not import it"
"""The last column of a file of refused rows."""

_WORDS: Mapping[Target, tuple[str, ...]] = {
    Target.MRN: (
        "mrn", "medical record number", "record number", "record no", "record", "medical record", "chart number",
        "chart no", "chart", "chart id", "patient number", "patient no", "patient id", "patientid", "account number",
        "account no", "account", "acct", "acct number", "acct no", "mr number", "med rec number",
        "unique id", "client id", "client number", "external id", "emr id", "id",
        "patientennummer", "patienten nr", "patienten id", "patientennr",
    ),
    Target.UUID: ("uuid",),
    Target.FULL_NAME: (
        "full name", "patient name", "patient full name", "name", "patient", "client name", "client",
        "name last first", "last name first name", "last first", "patient name last first", "name last first mi",
        "name last first middle", "patient name last first mi", "patients name", "client full name",
    ),
    Target.FAMILY: (
        "family name", "last name", "surname", "lastname", "last", "lname", "familyname", "family",
        "patient last name", "legal last name", "patient surname", "name last", "second name", "apellido", "nachname",
        "nom", "apellidos", "familienname", "nom de famille",
    ),
    Target.GIVEN: (
        "given name", "first name", "firstname", "first", "fname", "givenname", "given", "given names", "forename",
        "patient first name", "legal first name", "name first", "christian name", "vorname", "prenom", "nombre",
    ),
    Target.MIDDLE: ("middle name", "middle", "middlename", "middle initial", "mi", "mname", "middle names"),
    Target.SUFFIX: ("suffix", "name suffix", "generation"),
    Target.PREFERRED: ("preferred name", "nickname", "nick name", "known as", "goes by", "preferred", "aka"),
    Target.BIRTH_DATE: (
        "birth date", "date of birth", "dob", "birthdate", "birthday", "born", "birth", "patient dob", "d o b",
        "dateofbirth", "date birth", "fecha de nacimiento", "geburtsdatum", "date de naissance",
    ),
    Target.SEX: (
        "sex", "gender", "sex gender", "gender sex", "administrative sex", "administrative gender", "sex at birth",
        "legal sex", "birth sex", "m f", "geschlecht", "sexo", "sexe",
    ),
    Target.TELEPHONE: (
        "telephone", "phone", "phone number", "telephone number", "home phone", "cell", "cell phone", "cellphone",
        "mobile", "mobile phone", "work phone", "primary phone", "secondary phone", "phone 1", "phone 2", "phone1",
        "phone2", "phone number 1", "phone number 2", "telephone 1", "telephone 2",
        "tel", "home", "home telephone", "mobile number", "cell number", "home phone number",
        "cell phone number", "mobile phone number", "work phone number", "day phone", "evening phone", "phone home",
        "phone cell", "phone mobile", "phone work", "contact number", "other phone", "alternate phone", "telefon",
        "telefonnummer", "telefon privat", "handy", "mobil", "mobiltelefon", "telefono", "celular", "portable",
    ),
    Target.EMAIL: (
        "email", "e mail", "email address", "e mail address", "mail", "emailaddress", "email 1", "primary email",
        "correo electronico", "courriel",
    ),
    Target.STREET: (
        "address", "street", "street address", "address 1", "address 2", "address1", "address2", "address line 1",
        "address line 2", "home address", "mailing address", "addr", "addr 1", "addr 2", "addr1", "addr2", "street 1",
        "street 2", "apt", "unit", "address line1", "address line2", "patient address", "strasse", "anschrift",
        "adresse", "direccion", "calle", "rue",
    ),
    Target.CITY: (
        "city", "town", "address city", "home city", "locality", "suburb", "ort", "wohnort", "stadt", "ville",
        "ciudad", "city state zip", "city state zip code", "city state", "city st zip",
    ),
    Target.STATE: ("state", "province", "region", "address state", "state province", "st", "county"),
    Target.ZIP: (
        "zip", "zip code", "zipcode", "postal code", "postcode", "postalcode", "post code", "address zip", "plz",
        "postleitzahl", "code postal", "codigo postal",
    ),
    Target.COUNTRY: ("country", "address country", "land", "pays", "pais"),
    Target.EMERGENCY: (
        "emergency contact", "emergency contact name", "emergency contact phone", "emergency phone",
        "emergency contact number", "emergency contact telephone", "emergency contact relationship", "emergency name",
        "emergency contact relation", "emergency", "ice", "next of kin", "next of kin phone", "emergencycontact",
        "notfallkontakt",
    ),
    Target.LANGUAGE: (
        "language", "preferred language", "primary language", "lang", "spoken language", "sprache", "langue", "idioma",
    ),
    Target.ARCHIVED: ("archived at",),
    Target.KEEP_UNTIL: ("retain until",),
}  # fmt: skip
_BY_WORDS = {words: (target, rank) for target, known in _WORDS.items() for rank, words in enumerate(known)}


def guessed(header: Sequence[str]) -> tuple[Target | None, ...]:
    """What each column holds, None where its name tells nothing. Of several that could hold what one alone can, the one
    with the likeliest name is taken; a full name only where no column holds a family and a given name.
    """
    found = [_BY_WORDS.get(_plain(name)) for name in header]
    targets = [None if one is None else one[0] for one in found]
    if {Target.FAMILY, Target.GIVEN} <= set(targets):
        targets = [None if one is Target.FULL_NAME else one for one in targets]
    elif Target.FULL_NAME in targets:
        targets = [None if one in (Target.FAMILY, Target.GIVEN) else one for one in targets]
    for target in FED_BY_ONE & set(targets):
        places = [place for place, one in enumerate(targets) if one is target]
        best = min(places, key=lambda place: (found[place] or (target, 0))[1])
        for place in places:
            if place != best:
                targets[place] = None
    return tuple(targets)


def known_names(header: Sequence[str]) -> int:
    """How many names of columns are known."""
    return sum(len(name) <= _LONGEST_NAME and _plain(name) in _BY_WORDS for name in header)


def header_place(rows: Sequence[Sequence[str]]) -> int:
    """Which of a file's first rows names its columns, counted from 0: the first one, unless a later one plainly does.

    Above it may stand titles, and when the list was printed. A patient's row is not taken for it: it has a number.
    """
    known = [known_names(row) for row in rows]
    filled = [sum(map(bool, row)) for row in rows]
    for place, row in enumerate(rows):
        if known[place] < 2 or any(map(_BEGINS_NUMBER.match, row)):
            continue
        is_widest = not place or filled[place] > max(filled[:place])
        if Target.BIRTH_DATE in guessed(row) or (known[place] > 2 and is_widest):
            return place
    return 0


def is_own(header: Sequence[str]) -> bool:
    """Whether PT Notes wrote a file of that header: its patients, or rows that it refused. Texts are guarded then."""
    return bool(header) and (header[-1] == REASON_HEAD or set(OWN_HEADER) <= set(header))


def _plain(name: str) -> str:
    spelled = "".join(
        f" {letter}" if _begins_word(name, place) else letter for place, letter in enumerate(name)
    )
    words = fold(spelled.replace("#", " number "))
    return " ".join("".join(letter if letter.isalnum() else " " for letter in words).split())


def _begins_word(name: str, place: int) -> bool:
    """Whether a capital begins a word within a name written together: ``lastName``, ``DateOfBirth``."""
    return place > 0 and name[place].isupper() and name[place - 1].islower()
