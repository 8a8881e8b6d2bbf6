"""How the screen's questions look, filled in from the theme."""

from __future__ import annotations

from string import Template

from ptnotes.ui.theme import Theme

_RULES = Template(
    """
QFrame[type="question"] { background: transparent; border: 1px solid transparent; border-radius: $s6; }
QFrame[type="question"]:focus { border: 2px solid $focus; background: $surface; }
QFrame[type="question"][said="yes"] { background: $warning_soft; }
QFrame[type="question"][said="stop"] { background: $danger_soft; }
QToolButton[type="answer"] { padding: $s1 $s6; color: $muted; border: 1px solid $border; border-radius: $s5; }
QToolButton[type="answer"]:hover { background: $hover; }
QToolButton[type="answer"]:checked { font-weight: 600; }
QToolButton[type="answer"][said="no"]:checked { background: $success_soft; color: $success; border-color: $success; }
QToolButton[type="answer"][said="yes"]:checked { background: $danger; color: $surface; border-color: $danger; }
QToolButton[type="answer"]:disabled { color: $muted; }
QPushButton[type="site"] { background: $surface; border: 1px solid $control; padding: $s1 $s6; font-weight: 500; }
QPushButton[type="site"]:focus { border: 2px solid $focus; padding: 0 $s5; }
"""
)
_INKS = (
    "surface", "focus", "border", "control", "muted", "hover", "danger", "danger_soft", "warning_soft", "success",
    "success_soft",
)  # fmt: skip


def stylesheet(theme: Theme) -> str:
    """The rules for questions, in the theme's colours and at its text size."""
    inks = {role: theme.ink(role).name() for role in _INKS}
    return _RULES.substitute(inks, **{f"s{size}": f"{theme.px(size)}px" for size in range(1, 9)})
