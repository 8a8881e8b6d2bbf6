"""What the map shows of a visit and changes in it. Knows no widget."""

from __future__ import annotations

from collections.abc import Sequence

from ptnotes.clinical import Reference
from ptnotes.domain.treatment import Side, TreatmentSession
from ptnotes.domain.views import SpineMark
from ptnotes.figures.spine import mark_words
from ptnotes.figures.target_map import PART_WORDS, Targets
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.spine import treated
from ptnotes.ui.spine.treated import GRADES, Edit, Place

READ_ONLY = "This visit can only be read."


class PlaceCharting:
    """The places of a visit. `earlier` visits, newest first, are shown and never changed."""

    def __init__(
        self, state: DraftState, earlier: Sequence[TreatmentSession], reference: Reference, targets: Targets
    ) -> None:
        self._state = state
        self._earlier = tuple(earlier)
        self._reference = reference
        self._targets = targets
        self._refusals: dict[str, str] = {}
        self.is_editable = True

    def refuse(self, grade: str, reason: str) -> None:
        """Answer a grade (``V``) with the reason why it may not be charted here."""
        self._refusals[grade] = reason

    def act(self, verb: str, place: Place) -> str:
        """Change the visit at a place, as one step of undo; gives the reason where nothing could be changed.

        `verb` is a grade (``I`` to ``V``), ``+``, ``-``, ``toggle`` or ``remove``.
        """
        if not self.is_editable:
            return READ_ONLY
        if verb in self._refusals:
            return self._refusals[verb]
        edit = self._edit(verb, place)
        self._state.put(edit.session)
        return edit.refusal

    def row_at(self, place: Place) -> int | None:
        """The number of the last row at a place, None where nothing is charted."""
        rows = treated.rows_at(self._reference, self._state.session, place)
        return rows[-1].row if rows else None

    def marks(self) -> tuple[SpineMark, ...]:
        """What the map shows."""
        return treated.marks_of(self._reference, self._state.session, self._earlier)

    def name(self, place: Place, *, short: bool = False) -> str:
        """A place with what is charted there, in full words; `short` with the technique's abbreviation."""
        words = treated.place_words(self._reference, place)
        session, earlier = self._state.session, self._earlier
        return f"{words}, {treated.state_words(self._reference, session, earlier, place, short=short)}"

    def part_name(self, part: str) -> str:
        """A closed part with what was treated in it today."""
        today = [
            mark
            for mark in self.marks()
            if mark.at_latest_visit and self._targets.part_of(mark.target) == part
        ]
        done = "; ".join(mark_words(mark) for mark in today)
        return f"{PART_WORDS[part]}, {f'treated today: {done}' if done else 'nothing treated today'}"

    def first_in(self, part: str) -> Place:
        """Where the keys begin in a part: at what was treated last there, else in its middle."""
        places = self._targets.places[part]
        for visit in (self._state.session, *self._earlier):
            for place in reversed(places):
                if treated.rows_at(self._reference, visit, place):
                    return place
        chief = self._targets.chief(part)
        if chief is not None:
            return next(place for place in places if place[0] == chief)
        middle = [place for place in places if place[1] is Side.MIDLINE]
        return middle[len(middle) // 2]

    def _edit(self, verb: str, place: Place) -> Edit:
        session, reference, earlier = self._state.session, self._reference, self._earlier
        if verb in GRADES:
            return treated.set_grade(reference, session, earlier, place, verb)
        if verb in ("+", "-"):
            return treated.step_modifier(reference, session, place, 1 if verb == "+" else -1)
        if verb == "toggle":
            return treated.toggle(reference, session, earlier, place)
        return treated.take_away(reference, session, place)
