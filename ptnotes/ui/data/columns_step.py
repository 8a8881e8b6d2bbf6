"""How a file was recognised and what each of its columns holds, both to be changed before anything is tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ptnotes.domain.encodings import ENCODING_WORDS
from ptnotes.domain.importing import (
    DATE_ORDER_WORDS,
    TARGET_WORDS,
    DateOrder,
    DatesSeen,
    FileKind,
    ImportMap,
    Looked,
    Target,
    dates_words,
)
from ptnotes.domain.wording import how_many
from ptnotes.ui.data.running import RunningLine
from ptnotes.ui.data.steps import keys_of_way_on
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card, Scroller, from_left
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import FaultLabel, Label
from ptnotes.ui.widgets.table import GridTable, plain_table

_AnyIndex = QModelIndex | QPersistentModelIndex
SEPARATORS = {",": "comma  ,", ";": "semicolon  ;", "\t": "tab", "|": "bar  |"}
_SAY_ORDER = (
    "Choose in which order dates are written: the file does not tell, and nobody’s birth date is guessed."
)
_ANY_ORDER = "The same in any order"
_UNTOLD = "Nothing in the file tells how its letters are stored. As they are read now, names are: {names}."
_ODD = "These names look wrong: {names}. Choose the way of storing in which they are right."
_HARMED = "These names look as if their letters were harmed: {names}. Compare them with the other program."
_NOTHING = "– not taken over –"
_STILL_READ = "The file is still being read in the way that you chose. Look at the columns, and go on then."
_NO_NAMES = "none: the columns have no names"
_ROW_LETTERS = 90
"""Of a row that may hold the columns’ names, as it is offered."""
_MOST_ROWS = 5
_ROW_PX = 28
_BELOW_PX = 14
"""Where a table that is wider than the page is moved along."""
_MOST_COLUMNS = 200
"""So many columns can be matched on the screen, and those behind them of which the name is known."""
_MOST_LETTERS = 60
_SAMPLES = 3
_READINGS_PX = 460
"""Of the encodings as they are offered, each with names read in it."""


class FirstRows(QAbstractTableModel):
    """The first rows of a file as they stand there."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._header: Sequence[str] = ()
        self._rows: Sequence[Sequence[str]] = ()

    def show_rows(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show these rows under the names of their columns."""
        self.beginResetModel()
        self._header, self._rows = header, rows
        self.endResetModel()

    @override
    def rowCount(self, parent: _AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: _AnyIndex | None = None) -> int:
        return len(self._header)

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _name(self._header, section)[:_MOST_LETTERS]
        return None

    @override
    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        row = self._rows[index.row()]
        return row[index.column()][:_MOST_LETTERS] if index.column() < len(row) else ""


class ColumnsStep(QWidget):
    """Shows a file (`show_file`). `read_otherwise` carries a map with other letters, separator or header, `agreed` the
    one that rows are tried by.
    """

    read_otherwise = Signal(object)
    agreed = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.scroller = Scroller(parent=self)
        self._map = ImportMap(kind=FileKind.CSV)
        self._dates = DatesSeen()
        self._looked: Looked | None = None
        self.targets: list[QComboBox] = []
        self._places: list[int] = []
        """Which column each of them is for."""
        self.file = Card("The file", "")
        self.encoding, self.separator, self.order, self.header = (QComboBox() for _ in range(4))
        for box, choices in (
            (self.encoding, ENCODING_WORDS),
            (self.separator, SEPARATORS),
            (self.order, {order.value: words for order, words in DATE_ORDER_WORDS.items()}),
        ):
            for value, words in choices.items():
                box.addItem(words, value)
        self._order_said = ""
        """The order that somebody told for this file, or an earlier one like it."""
        self._is_read = True
        """Whether what is shown is what was chosen."""
        self.header.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.encoding.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.encoding.view().setMinimumWidth(theme.px(_READINGS_PX))
        self.encoding_field = FieldWithFault("Letters are stored as", self.encoding)
        self._is_encoding_said = False
        self.header_field = FieldWithFault("The columns’ names are in", self.header)
        self.order_field = FieldWithFault("Dates are written as", self.order)
        self._first = FirstRows(self)
        self.first_rows = plain_table("First rows of the file")
        self.first_rows.setModel(self._first)
        self.matching = Card("What each column holds", "")
        self.table = GridTable(("Column of the file", "First values", "Goes to"))
        self.fault = FaultLabel()
        self.running = RunningLine(theme)
        self.more = Label("", "small", wraps=True)
        self.go_on = QPushButton("Show what would become of every row")
        self.go_on.setProperty("type", "primary")
        self.back = QPushButton("Choose another file")
        self._lay_out()
        self.encoding.activated.connect(self._encoding_chosen)
        self.separator.activated.connect(self._read_otherwise)
        self.header.activated.connect(self._read_otherwise)
        self.order.activated.connect(self._order_chosen)
        self.go_on.clicked.connect(self._agree)
        self.back.clicked.connect(self.left)

    def _lay_out(self) -> None:
        theme = self._theme
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.space(5))
        for place, field in enumerate(
            (
                self.encoding_field,
                FieldWithFault("Columns are set apart by", self.separator),
                self.order_field,
            )
        ):
            grid.addWidget(field, 0, place, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(place, 1)
        self.file.body.addLayout(grid)
        self.file.body.addWidget(self.header_field)
        self.file.body.addWidget(self.first_rows)
        self.first_rows.verticalHeader().setDefaultSectionSize(theme.px(_ROW_PX))
        self.first_rows.setSelectionMode(self.first_rows.SelectionMode.NoSelection)
        self.matching.body.addWidget(self.table)
        self.matching.body.addWidget(self.more)
        keys = keys_of_way_on(self, self.go_on)
        for widget in (self.file, self.matching):
            self.scroller.body.addWidget(widget)
        self.scroller.body.addStretch(1)
        foot = QVBoxLayout()
        foot.setContentsMargins(24, theme.space(3), 24, 16)
        foot.setSpacing(theme.space(3))
        foot.addWidget(self.running)
        foot.addWidget(self.fault)
        foot.addLayout(from_left(self.go_on, keys, self.back, gap_px=theme.space(3)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.scroller, 1)
        column.addLayout(foot)

    def show_file(self, looked: Looked) -> None:
        """Show how the file was read, and what its columns seem to hold."""
        before, self._looked = self._looked, looked
        if before is None or before.path != looked.path:
            self._order_said, self._is_encoding_said = "", False
        is_other = before is None or _stands_there(before) != _stands_there(looked)
        self._map, self._dates = looked.map, looked.dates
        self.file.set_title(looked.path.name)
        self.file.set_note(_size(looked))
        self._offer_encodings(looked)
        self.separator.setCurrentIndex(self.separator.findData(looked.map.separator))
        self._offer_headers(looked)
        self._take_order(looked)
        self._say_matched(looked)
        self.refuse("")
        if is_other:
            self._show_first(looked)
            self._show_columns(looked)
        for place, box in zip(self._places, self.targets, strict=True):
            target = looked.map.targets[place]
            box.setCurrentIndex(0 if target is None else box.findData(target.value))

    def start(self) -> None:
        """Put the keyboard on the way on."""
        self.scroller.verticalScrollBar().setValue(0)
        self.go_on.setFocus()

    def refuse(self, words: str) -> None:
        """Say why nothing comes of it; empty words only take the waiting away."""
        self._is_read = True
        self.running.end()
        self.fault.say(words)

    def show_again(self) -> None:
        """Show the file as it was read last: what was chosen then is not to be read after all."""
        if self._looked is None:
            return
        # Which column holds the birth date is read anew; what the others hold was chosen without that, and stays.
        targets = tuple(
            was if Target.BIRTH_DATE in (was, now) else now
            for was, now in zip(self._map.targets, self.chosen_map().targets, strict=True)
        )
        if self.encoding.currentData() != self._map.encoding:
            self._is_encoding_said = False
        self.show_file(replace(self._looked, map=replace(self._map, targets=targets)))

    def chosen_map(self) -> ImportMap:
        """How the file is read by what is chosen now."""
        targets: list[Target | None] = [None] * len(self._map.header)
        for place, box in zip(self._places, self.targets, strict=True):
            targets[place] = None if box.currentData() is None else Target(box.currentData())
        return replace(
            self._map,
            encoding=self.encoding.currentData(),
            separator=self.separator.currentData(),
            has_header=bool(self.header.currentData()),
            header_row=self.header.currentData() or 1,
            date_order=DateOrder(self.order.currentData() or self._map.date_order),
            targets=tuple(targets),
        )

    def _encoding_chosen(self) -> None:
        self._is_encoding_said = True
        self._read_otherwise()

    def _read_otherwise(self) -> None:
        chosen = self.chosen_map()
        if (chosen.has_header, chosen.header_row) != (self._map.has_header, self._map.header_row):
            # The names that were there are of another row.
            chosen = replace(chosen, header=(), targets=())
        self._ask_for(chosen)

    def _ask_for(self, chosen: ImportMap) -> None:
        self._is_read = False
        self.read_otherwise.emit(chosen)

    def _target_chosen(self) -> None:
        # In which order dates are written is told by the column that holds the birth date.
        chosen = self.chosen_map()
        if _birth_date(chosen) != _birth_date(self._map):
            self._ask_for(chosen)

    def _offer_encodings(self, looked: Looked) -> None:
        """Offer the encodings, each with names as it reads them; say where the file does not tell its own."""
        letters = looked.letters
        readings = dict(letters.readings)
        for place in range(self.encoding.count()):
            name = self.encoding.itemData(place)
            names = "; ".join(readings.get(name, ()))
            self.encoding.setItemText(place, ENCODING_WORDS[name] + (f":  {names}" if names else ""))
        self.encoding.setCurrentIndex(self.encoding.findData(looked.map.encoding))
        names = "; ".join(letters.samples)
        is_doubted = letters.is_odd and not self._is_encoding_said
        self.encoding_field.set_hint(_UNTOLD.format(names=names) if letters.is_guess and names else "")
        odd = _ODD if letters.is_guess else _HARMED
        self.encoding_field.set_fault(odd.format(names=names) if is_doubted else "")

    def _offer_headers(self, looked: Looked) -> None:
        """Offer each of the first rows as that with the columns' names, by what stands there."""
        self.header.clear()
        for number, cells in looked.top:
            words = " · ".join(cell for cell in cells if cell)
            shown = words if len(words) <= _ROW_LETTERS else f"{words[:_ROW_LETTERS]}…"
            self.header.addItem(f"row {number}:  {shown}", number)
        self.header.addItem(_NO_NAMES, 0)
        chosen = looked.map.header_row if looked.map.has_header else 0
        self.header.setCurrentIndex(self.header.findData(chosen))
        above = sum(number < chosen for number, _cells in looked.top)
        self.header_field.set_hint(f"{how_many(above, 'row')} above it not taken over." if above else "")

    def _take_order(self, looked: Looked) -> None:
        """Take the order that the dates tell, or the one of last time; else keep what was said, or ask for it."""
        seen = looked.dates
        # Dates that contradict each other say that last time's order may be wrong this time.
        is_as_last_time = looked.is_order_remembered and seen.needs_order and not seen.is_mixed
        self.order.setEnabled(seen.needs_order)
        self.order.setPlaceholderText("Choose the order" if seen.needs_order else _ANY_ORDER)
        if not seen.needs_order:
            self.order.setCurrentIndex(-1)
        elif seen.is_told or is_as_last_time:
            self.order.setCurrentIndex(self.order.findData(looked.map.date_order.value))
        else:
            self.order.setCurrentIndex(self.order.findData(self._order_said))
        if is_as_last_time and not self._order_said:
            self._order_said = looked.map.date_order.value
        self._show_order()

    def _order_chosen(self) -> None:
        self._order_said = self.order.currentData()
        self._show_order()

    def _agree(self) -> None:
        if not self._is_read:
            self.fault.say(_STILL_READ)
            return
        if self._dates.needs_order and self.order.currentIndex() < 0:
            # Nobody is given a birth date that was guessed.
            self.fault.say(_SAY_ORDER)
            self.order.setFocus()
            return
        self.fault.say("")
        self.agreed.emit(self.chosen_map())

    def _show_order(self) -> None:
        seen = self._dates
        if seen.is_mixed:
            counts = ((seen.month_first, "month"), (seen.day_first, "day"), (seen.year_first, "year"))
            (most, first), *others = [one for one in counts if one[0]]
            only = [f"{count:,} only the {name}" for count, name in others]
            words = f"{how_many(most, 'birth date')} can only have the {first} first, {' and '.join(only)}. "
            words += "Those that do not fit are refused."
        elif seen.is_ambiguous:
            words = (
                "No birth date tells whether the month or the day comes first: ask where the file comes from."
            )
        else:
            words = "" if seen.needs_order else f"{dates_words(seen, self._map.date_order)}."
        self.order_field.set_hint(words)
        self.order_field.set_fault("" if self._order_said or not seen.is_ambiguous else words)

    def _show_first(self, looked: Looked) -> None:
        header, rows = looked.map.header, looked.first_rows[:_MOST_ROWS]
        self._first.show_rows(header, rows)
        self.first_rows.setFixedHeight(self._theme.px(_ROW_PX * (len(rows) + 1) + _BELOW_PX))

    def _show_columns(self, looked: Looked) -> None:
        header, known = looked.map.header, looked.map.targets
        self._places = [place for place in range(len(header)) if place < _MOST_COLUMNS or known[place]]
        self.targets = []
        rows: list[tuple[str | QWidget, ...]] = []
        for place in self._places:
            name = _name(header, place)
            box = QComboBox()
            box.setAccessibleName(f"{name} goes to")
            box.setMinimumWidth(self._theme.px(210))
            box.addItem(_NOTHING, None)
            for target, words in TARGET_WORDS.items():
                box.addItem(words, target.value)
            box.activated.connect(self._target_chosen)
            self.targets.append(box)
            samples = Label(_samples(looked, place), "small", wraps=True)
            rows.append((Label(name, "strong", wraps=True), samples, box))
        self.table.show_rows(rows)
        # What is made later would come last on the way of the Tab key.
        before: QWidget = self.first_rows
        for after in (*self.targets, self.go_on):
            QWidget.setTabOrder(before, after)
            before = after
        beyond = len(header) - len(self._places)
        columns = how_many(beyond, "more column is", "more columns are")
        self.more.setText(f"{columns} not taken over." if beyond else "")
        self.more.setVisible(bool(beyond))

    def _say_matched(self, looked: Looked) -> None:
        taken = sum(target is not None for target in looked.map.targets)
        words = "as last time" if looked.is_remembered else f"{taken} of {len(looked.map.header)} taken over"
        self.matching.set_note(words)


def _birth_date(columns: ImportMap) -> tuple[int, ...]:
    """In which columns the birth date is."""
    return tuple(place for place, target in enumerate(columns.targets) if target is Target.BIRTH_DATE)


def _stands_there(looked: Looked) -> tuple[object, ...]:
    """What is shown of a file itself, however its columns are matched."""
    return looked.path, looked.map.header, looked.first_rows


def _name(header: Sequence[str], place: int) -> str:
    """What a column is called, by its place where it has no name."""
    return header[place] or f"Column {place + 1}, no name"


def _size(looked: Looked) -> str:
    mark = ", with a mark" if looked.has_mark else ""
    return f"{how_many(looked.rows, 'row')} · {ENCODING_WORDS[looked.map.encoding]}{mark}"


def _samples(looked: Looked, place: int) -> str:
    found: Mapping[str, None] = dict.fromkeys(
        row[place].strip() for row in looked.first_rows if place < len(row) and row[place].strip()
    )
    return " · ".join(value[:_MOST_LETTERS] for value in list(found)[:_SAMPLES]) or "empty"
