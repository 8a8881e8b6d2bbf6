"""The one question before every verb: may whoever opened the clinic do this?"""

from __future__ import annotations

from ptnotes.domain.errors import AccessError
from ptnotes.domain.permissions import WORDS, Act, may
from ptnotes.services.opening import OpenClinic


def require(clinic: OpenClinic, act: Act) -> None:
    """Raise `AccessError` ("access.not_allowed") where whoever opened the clinic may not do `act`.

    In an emergency that was given a reason, charts may be read.
    """
    if not allows(clinic, act):
        raise AccessError("access.not_allowed", act=WORDS[act])


def allows(clinic: OpenClinic, act: Act) -> bool:
    """Whether whoever opened the clinic may do `act`."""
    return may(clinic.person, act) or (act is Act.VIEW_NOTES and bool(clinic.emergency))
