"""The map as a control: a place is chosen with the mouse or the arrow keys, and graded with a key."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.treatment import TreatmentSession
from ptnotes.figures.spine import Area, area_at, next_area, ring, spine_label
from ptnotes.figures.target_map import PART_WORDS, TargetLayout, TargetMap, Targets, part_of_region
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.keys import GRADE, SPINE
from ptnotes.ui.override import override
from ptnotes.ui.spine.boxes import Boxes, area_of
from ptnotes.ui.spine.charting import PlaceCharting
from ptnotes.ui.spine.treated import GRADES, Place
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.figure_view import paint_shapes, text_width

_ARROWS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
_REACH_PX = 7


class SpineControl(QWidget):
    """Shows the visit's mobilizations and changes them by edits alone: each is one step that undo takes back.

    It is one Tab stop; the arrow keys move within it. `said` carries what is charted at the chosen place, `refused` why
    a key could do nothing. `row_asked` asks for a row of the table to be worked on.
    """

    said = Signal(str)
    refused = Signal(str)
    row_asked = Signal(int)

    def __init__(
        self,
        state: DraftState,
        earlier: tuple[TreatmentSession, ...],
        reference: Reference,
        theme: Theme,
        regions: tuple[str, ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._targets = Targets(reference)
        self.charting = PlaceCharting(state, earlier, reference, self._targets)
        self._laid: TargetLayout | None = None
        self._drawn: TargetMap | None = None
        self._picture: QPixmap | None = None
        self._pictured: tuple[TargetMap, float, bool] | None = None
        self._pointed: Area | None = None
        self._is_leaving = False
        self._part = part_of_region(regions[0]) if regions else "low_back"
        self._at = self.charting.first_in(self._part)
        self._boxes = Boxes(
            self, self._targets, on_toggle=self._toggle, on_open=self.open_part, on_tab=self._leave
        )
        self._boxes.open(self._part)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(theme.px(150), theme.px(220))
        state.changed.connect(self._changed)
        self._changed()

    @property
    def place(self) -> Place:
        """The chosen place."""
        return self._at

    @property
    def drawn(self) -> TargetMap:
        """The map as it is drawn now."""
        if self._drawn is None:
            theme = self._theme
            asked = (self.width(), self.height(), self._targets, self._part, text_width)
            if self._laid is None:
                self._laid = TargetLayout(*asked, text_size=theme.px(11), scale=theme.scale)
                self._boxes.lay(self._laid)
            self._drawn = self._laid.drawn(self.charting.marks())
        return self._drawn

    def choose(self, place: Place) -> None:
        """Choose a place, opening the part that it is in."""
        part = self._targets.part_of(place[0])
        if part is None:
            return
        self._at = place
        old = []
        has_keys = self._has_keys()
        if part != self._part:
            self._part, self._laid, self._pointed = part, None, None
            old = self._boxes.open(part)
            self._changed()
        if has_keys:
            self._boxes.places[place].setFocus(Qt.FocusReason.OtherFocusReason)
        for box in old:
            box.hide()
            box.deleteLater()
        self.said.emit(self.charting.name(place, short=True))
        self.update()

    def open_part(self, part: str) -> None:
        """Open a part where it was treated last, else at its middle."""
        self.choose(self.charting.first_in(part))

    def act(self, verb: str) -> None:
        """Chart at the chosen place: a grade, ``+``, ``-``, ``toggle``, ``remove``, or ``row`` to go to its row."""
        if verb == "row":
            refusal = (
                "" if self.charting.row_at(self._at) is not None else self.charting.act("toggle", self._at)
            )
            row = self.charting.row_at(self._at)
            if row is not None:
                self.row_asked.emit(row)
        else:
            refusal = self.charting.act(verb, self._at)
        if refusal:
            self.refused.emit(refusal)
        else:
            self.said.emit(self.charting.name(self._at, short=True))
        told = QAccessibleAnnouncementEvent(self, refusal or self.charting.name(self._at))
        QAccessible.updateAccessibility(told)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(210), self._theme.px(480))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._laid = self._drawn = None

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        drawn = self.drawn
        ratio = self.devicePixelRatioF()
        pictured = (drawn, ratio, self._theme.is_dark)
        if self._picture is None or self._pictured != pictured:
            # Drawn anew only where the map is another one: its shapes take longer than a key may.
            self._picture, self._pictured = QPixmap(self.size() * ratio), pictured
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            map_painter = QPainter(self._picture)
            paint_shapes(map_painter, drawn.figure.shapes, self._theme)
            map_painter.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        here = area_of(drawn, self._at)
        rings = [self._pointed] if self._pointed is not None else []
        if here is not None:
            rings.append(here)
        has_keys = self._has_keys()
        paint_shapes(painter, [ring(area, strong=has_keys and area is here) for area in rings], self._theme)
        painter.end()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        area = self._found(event)
        if area != self._pointed:
            self._pointed = area
            self.setToolTip(self.charting.name((area.target, area.side)) if area is not None else "")
            self.update()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        area = self._found(event) if event.button() is Qt.MouseButton.LeftButton else None
        if area is None:
            super().mousePressEvent(event)
        else:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.choose((area.target, area.side))

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        area = self._found(event)
        if area is not None and (area.target, area.side) == self._at:
            self.act("row")

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._pointed = None
        self.update()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self._is_leaving:
            self._boxes.places[self._at].setFocus(event.reason())
            self.said.emit(self.charting.name(self._at, short=True))
        self.update()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        grade, key = GRADE.pressed(event), SPINE.pressed(event)
        parts = tuple(PART_WORDS)
        if grade == "grade":
            self.act(GRADES[int(event.text()) - 1])
        elif grade:
            self.act("+" if grade == "up" else "-")
        elif key in _ARROWS:
            drawn = self.drawn
            here = area_of(drawn, self._at)
            if here is not None:
                there = next_area((*drawn.areas, *drawn.doors), here, *_ARROWS[key])
                self.choose((there.target, there.side))
        elif key in ("first", "last"):
            places = self._targets.places[self._part]
            same = [place for place in places if place[1] is self._at[1]]
            self.choose(same[0 if key == "first" else -1])
        elif key in ("part_above", "part_below"):
            by = 1 if key == "part_below" else -1
            self.open_part(parts[(parts.index(self._part) + by) % len(parts)])
        elif key:
            self.act(key)
        else:
            super().keyPressEvent(event)

    def _has_keys(self) -> bool:
        return self.hasFocus() or any(box.hasFocus() for box in self._boxes.places.values())

    def _found(self, event: QMouseEvent) -> Area | None:
        drawn = self.drawn
        at = event.position()
        return area_at((*drawn.areas, *drawn.doors), at.x(), at.y(), self._theme.px(_REACH_PX))

    def _changed(self, before: TreatmentSession | None = None, after: TreatmentSession | None = None) -> None:
        """Show and say what is charted now, if what the map shows changed between the two."""
        if before is not None and after is not None and _on_map(before) == _on_map(after):
            return
        self._drawn = None
        self.setAccessibleName(spine_label(self.charting.marks()))
        is_treated = self.charting.row_at
        self._boxes.tell(
            self.charting.name, self.charting.part_name, lambda place: is_treated(place) is not None
        )
        self.said.emit(self.charting.name(self._at, short=True))
        self.update()

    def _toggle(self, place: Place) -> None:
        """Do what a screen reader asked for; where nothing could be changed, the box is not checked either."""
        self.choose(place)
        self.act("toggle")
        self._changed()

    def _leave(self, forward: bool) -> bool:
        """Leave by Tab from whichever place has the focus, as if the map itself had it."""
        self._is_leaving = True
        self.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
        self._is_leaving = False
        return self.focusNextPrevChild(forward)


def _on_map(session: TreatmentSession) -> list[tuple[object, ...]]:
    """What the map shows and says of a visit: a dose or a response changes nothing on it."""
    return [
        (row.row, row.targets, row.side, row.technique, row.grade, row.grade_to)
        for row in session.mobilizations
    ]
