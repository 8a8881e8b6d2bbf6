"""How the cells of the charting tables look, filled in from the theme: flat until they are pointed at or typed in."""

from __future__ import annotations

from string import Template

from ptnotes.ui.theme import Theme

_GRADES = ("1", "2", "3", "4", "5")
_CELLS = Template(
    """
QLineEdit[type="cell"] { background: transparent; border: 1px solid transparent; border-radius: $s5; padding: $s2 $s4; }
QLineEdit[type="cell"]:hover { border: 1px solid $control; }
QLineEdit[type="cell"]:focus { background: $surface; border: 2px solid $focus; padding: $s1 $s3; }
QLineEdit[type="cell"]:disabled { background: transparent; color: $text; border: 1px solid transparent; }
QLineEdit[type="box"] { background: $surface; border: 1px solid $control; border-radius: $s5; padding: $s2 $s4; }
QLineEdit[type="box"]:focus { border: 2px solid $focus; padding: $s1 $s3; }
QLineEdit[type="box"]:disabled { background: transparent; color: $text; border: 1px solid $border; }
QLineEdit[type="cell"][fault="true"], QLineEdit[type="box"][fault="true"] {
    border: 2px solid $danger; padding: $s1 $s3;
}
QLineEdit[type="cell"][stop="true"] { border-left: $s3 solid $danger; border-radius: 0; }
QLineEdit[type="cell"][needed="true"] { border: 1px dashed $accent; placeholder-text-color: $accent; }
QLineEdit[type="cell"][needed="true"]:focus { border: 2px solid $focus; }
QLineEdit[type="box"][unusual="true"] { background: $warning_soft; }
QLineEdit[type="box"][tight="true"] { font-size: $s11; padding: $s2 $s3; }
QLineEdit[type="cell"][strong="true"] { font-weight: 600; }
QToolButton[type="pain"] { color: $muted; padding: 0; border-radius: $s4; font-size: $s11; }
QToolButton[type="pain"][hurts="yes"] { background: $danger_soft; color: $danger; font-weight: 600; }
QToolButton[type="pain"][hurts="no"] { background: $success_soft; color: $success; font-weight: 600; }
QToolButton[type="pain"]:focus { border: 1px solid $focus; }
QPushButton[type="ghost"] {
    background: transparent; border: 1px dashed $control; color: $muted; text-align: left;
    padding: $s3 $s8; font-weight: 400;
}
QPushButton[type="ghost"]:hover { background: $hover; color: $text; }
QPushButton[type="ghost"]:focus { border: 2px solid $focus; padding: $s2 $s7; color: $text; }
QPushButton[type="past"] {
    background: transparent; border: 1px solid transparent; color: $text; text-align: left;
    padding: $s2 $s4; font-weight: 500;
}
QPushButton[type="past"]:hover { background: $hover; }
QPushButton[type="past"]:disabled { color: $muted; font-weight: 400; }
QPushButton[type="past"][here="true"] { border: 2px solid $focus; padding: $s1 $s3; }
QPushButton[type="step"] {
    background: transparent; border: 1px dashed $control; color: $accent; text-align: left;
    padding: $s1 $s4; font-weight: 400;
}
QPushButton[type="step"]:hover { background: $hover; }
QWidget[void="true"] QLineEdit, QWidget[void="true"] QPlainTextEdit, QWidget[void="true"] QPushButton {
    text-decoration: line-through;
}
QPlainTextEdit[type="line"] { background: transparent; border: none; padding: 0; font-size: $s14; }
QFrame[role="line"][active="true"] { border: 2px solid $focus; }
QLabel[tone="prompt"] { color: $accent; font-size: $s14; }
QToolButton::menu-indicator { image: none; }
QPushButton[type="motion"] {
    background: transparent; border: 1px solid transparent; text-align: left; padding: $s2 $s4; font-weight: 400;
}
QPushButton[type="motion"]:hover { background: $hover; }
"""
)
_GRADE = Template(
    """
QLineEdit[type="cell"][grade="$grade"] { background: $ground; color: $ink; border-radius: $s8; font-weight: 600; }
QLineEdit[type="cell"][grade="$grade"]:focus { background: $ground; color: $ink; }
"""
)
_INKS = (
    "surface", "accent", "control", "focus", "border", "danger", "danger_soft", "warning", "warning_soft", "success",
    "success_soft", "muted", "hover", "text",
)  # fmt: skip


def stylesheet(theme: Theme) -> str:
    """The rules for cells, in the theme's colours and at its text size."""
    inks = {role: theme.ink(role).name() for role in _INKS}
    sizes = {f"s{size}": f"{theme.px(size)}px" for size in range(1, 17)}
    grades = "".join(
        _GRADE.substitute(
            sizes,
            grade=grade,
            ground=theme.ink(f"grade_{grade}").name(),
            ink=theme.ink(f"on_grade_{grade}").name(),
        )
        for grade in _GRADES
    )
    return _CELLS.substitute(inks, **sizes) + grades


def grade_number(code: str | None) -> str:
    """``"1"`` to ``"5"`` for a grade of mobilization (``III+`` is 3, ``K-II`` 2), empty where there is none."""
    if code is None:
        return ""
    numeral = code.removeprefix("K-").rstrip("+-−")
    return {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5"}.get(numeral, "")
