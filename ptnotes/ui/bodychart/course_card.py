"""The first and the latest body chart of an episode side by side, with what differs between the two."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ptnotes.domain.body_chart import DatedChart, ToldCourse
from ptnotes.domain.treatment import BodyMark, BodyView
from ptnotes.domain.wording import full_date
from ptnotes.figures.body_figure import BodyFigure, body_figure, body_height, views_to_show
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.figure_view import paint_shapes, text_width
from ptnotes.ui.widgets.labels import Label

_TEXT_PX = 11
_TALLEST_PX = 330


class BodyPicture(QWidget):
    """One chart to be looked at, as high as its width asks for."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._marks: tuple[BodyMark, ...] = ()
        self._views: Sequence[BodyView] = tuple(BodyView)
        self._drawn: BodyFigure | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self._forget)

    def show_chart(self, chart: DatedChart, lines: Sequence[str], views: Sequence[BodyView]) -> None:
        """Show these views of a chart; its name says every mark."""
        self._marks, self._views = chart.marks, views
        self.setAccessibleName(f"Body chart of {full_date(chart.on)}: {'; '.join(lines)}")
        self._forget()

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        wanted = body_height(width, self._theme.px(_TEXT_PX), self._views)
        return min(round(wanted), self._theme.px(_TALLEST_PX))

    @override
    def sizeHint(self) -> QSize:
        width = self._theme.px(300)
        return QSize(width, self.heightForWidth(width))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(110), self._theme.px(120))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._drawn = None

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._drawn is None:
            size = self._theme.px(_TEXT_PX)
            self._drawn = body_figure(
                self.width(), self.height(), self._marks, text_width, size, views=self._views
            )
        painter = QPainter(self)
        paint_shapes(painter, self._drawn.figure.shapes, self._theme)
        painter.end()

    def _forget(self) -> None:
        self._drawn = None
        self.updateGeometry()
        self.update()


class BodyCourseCard(Card):
    """Hidden while no chart was drawn; one chart alone where only one visit has one."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Body chart", "", parent)
        charts = QHBoxLayout()
        charts.setSpacing(theme.space(6))
        self.pictures: list[BodyPicture] = []
        self.titles: list[Label] = []
        self.lines: list[Label] = []
        self._columns: list[QWidget] = []
        for _ in range(2):
            column = QWidget(self)
            stack = QVBoxLayout(column)
            stack.setContentsMargins(0, 0, 0, 0)
            stack.setSpacing(theme.space(2))
            title = Label("", "strong", parent=column)
            picture = BodyPicture(theme, column)
            lines = Label("", "small", wraps=True, parent=column)
            lines.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            stack.addWidget(title)
            stack.addWidget(picture)
            stack.addWidget(lines)
            stack.addStretch(1)
            charts.addWidget(column, 1)
            self.titles.append(title)
            self.pictures.append(picture)
            self.lines.append(lines)
            self._columns.append(column)
        self.body.addLayout(charts)
        self.changes = Label("", "body", wraps=True, parent=self)
        self.body.addWidget(self.changes)
        self.show_course(None)

    def show_course(self, told: ToldCourse | None) -> None:
        """Show the charts of an episode."""
        self.setVisible(told is not None)
        if told is None:
            return
        first, latest = told.course.first, told.course.latest
        views = views_to_show(first.marks, latest.marks if latest is not None else ())
        self.pictures[0].show_chart(first, told.first_lines, views)
        self.titles[0].setText(f"{'First' if latest is not None else 'Drawn'}, {full_date(first.on)}")
        self.lines[0].setText("\n".join(told.first_lines))
        self._columns[1].setVisible(latest is not None)
        if latest is not None:
            self.pictures[1].show_chart(latest, told.latest_lines, views)
            self.titles[1].setText(f"Latest, {full_date(latest.on)}")
            self.lines[1].setText("\n".join(told.latest_lines))
        self.changes.setText("\n".join(told.changes))
        self.changes.setVisible(bool(told.changes))
