"""How the window looks: one type scale, one spacing scale, one set of colours by meaning, light and dark.

Sizes are given in pixels at the smallest text size and grow with the system's font: body text is as large as the
system's own, never under 13 pixels. Screens ask for `space`, `font` and `ink`; most styling is in
``resources/theme/window.qss``, which is filled in from the same scales.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from string import Template
from types import MappingProxyType
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from ptnotes.ui.palette import DARK, LIGHT

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap

BODY_PX = 13
TYPE_PX = MappingProxyType(
    {"title": 20, "heading": 15, "strong": BODY_PX, "body": BODY_PX, "small": 12, "tiny": 11}
)
TYPE_WEIGHT = MappingProxyType(
    {
        "title": QFont.Weight.DemiBold,
        "heading": QFont.Weight.DemiBold,
        "strong": QFont.Weight.DemiBold,
        "body": QFont.Weight.Normal,
        "small": QFont.Weight.Normal,
        "tiny": QFont.Weight.Medium,
    }
)
SPACE_PX = (0, 2, 4, 8, 12, 16, 24, 32, 48)
"""The spacing scale: `Theme.space(3)` is its fourth step, 8 pixels at the smallest text size."""
FAMILY = "Inter"
_FIRST_FONTS = ("Inter-Regular", "Inter-SemiBold")
_LATER_FONTS = (
    "Inter-Medium", "Inter-Bold", "Inter-Italic", "NotoSans-Regular", "NotoSans-Bold",
    "NotoSansArabic-Regular", "NotoSansHebrew-Regular",
)  # fmt: skip
_FALLBACKS = ("Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew")
_LARGEST_PX = 80
_STYLE, _HAS_STYLE = "Fusion", "has_style"


class Look(StrEnum):
    """Which colours the window takes."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Theme(QObject):
    """The colours, fonts and sizes in force. Emits `changed` when they are others, so that painted widgets repaint."""

    changed = Signal()

    def __init__(
        self, application: QApplication, *, look: Look = Look.SYSTEM, text_scale: float | None = None
    ) -> None:
        """Load the fonts of the first screen. `text_scale` (1.5 is half as large again) replaces the system's."""
        super().__init__(application)
        self._application = application
        self._system_font = application.font()
        self._fixed_scale = text_scale
        self.look = look
        self._scale = 1.0
        self._inks: dict[str, QColor] = {}
        self._icons: dict[tuple[str, str], QIcon] = {}
        load_fonts(_FIRST_FONTS)
        if not application.property(_HAS_STYLE):
            application.setStyle(_STYLE)
        application.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._apply()

    @property
    def is_dark(self) -> bool:
        """Whether the dark colours are in force."""
        if self.look is Look.SYSTEM:
            return self._application.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return self.look is Look.DARK

    def set_look(self, look: Look) -> None:
        """Take the light or the dark colours, or follow the system."""
        if look is not self.look:
            self.look = look
            self._apply()

    def set_text_scale(self, text_scale: float | None) -> None:
        """Take another text size: a factor on the smallest one, or None to follow the system."""
        self._fixed_scale = text_scale
        self._apply()

    def load_other_fonts(self) -> None:
        """Load the remaining weights and the fonts of other scripts; called once the first screen is painted."""
        load_fonts(_LATER_FONTS)

    def ink(self, role: str) -> QColor:
        """The colour that `role` means (``text``, ``muted``, ``grade_3`` …). KeyError for an unknown one."""
        return self._inks[role]

    def px(self, size: float) -> int:
        """`size` pixels at the smallest text size, as whole pixels at the size in force."""
        return round(size * self._scale)

    def space(self, step: int) -> int:
        """Step 0 to 8 of the spacing scale, in pixels at the text size in force."""
        return self.px(SPACE_PX[step])

    @property
    def scale(self) -> float:
        """How much larger text is than at its smallest, 1.0 and up; figures are drawn at this scale."""
        return self._scale

    def font(self, style: str = "body") -> QFont:
        """A font of the type scale: ``title``, ``heading``, ``strong``, ``body``, ``small`` or ``tiny``."""
        font = QFont([FAMILY, *_FALLBACKS])
        font.setPixelSize(self.px(TYPE_PX[style]))
        font.setWeight(TYPE_WEIGHT[style])
        return font

    def icon(self, name: str, role: str = "muted") -> QIcon:
        """The line icon ``resources/icons/NAME.svg`` in the colour of `role`."""
        key = (name, role)
        if key not in self._icons:
            self._icons[key] = QIcon(self.pixmap(name, role, 20))
        return self._icons[key]

    def pixmap(self, name: str, role: str, size: float) -> QPixmap:
        """The line icon as a square picture of `size` pixels at the smallest text size."""
        # Loaded here because the first screen shows no icon, and QtSvg and a painter cost time.
        from PySide6.QtCore import QRectF  # noqa: PLC0415 - see above
        from PySide6.QtGui import QPainter, QPixmap  # noqa: PLC0415 - see above
        from PySide6.QtSvg import QSvgRenderer  # noqa: PLC0415 - see above

        ratio = self._application.devicePixelRatio()
        side = self.px(size)
        picture = QPixmap(round(side * ratio), round(side * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        drawing = _icon_drawing(name).replace("#000000", self.ink(role).name())
        painter = QPainter(picture)
        QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(0, 0, side, side))
        painter.end()
        return picture

    def _system_changed(self) -> None:
        if self.look is Look.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        system_px = QFontInfo(self._system_font).pixelSize()
        self._scale = max(1.0, system_px / BODY_PX) if self._fixed_scale is None else self._fixed_scale
        colours = DARK if self.is_dark else LIGHT
        self._inks = {role: QColor(value) for role, value in colours.items()}
        self._icons.clear()
        self._application.setFont(self.font())
        self._application.setPalette(_palette(self._inks))
        sizes = {f"s{size}": f"{self.px(size)}px" for size in range(1, _LARGEST_PX + 1)}
        images = str(files("ptnotes.resources") / "theme").replace("\\", "/")
        look = "dark" if self.is_dark else "light"
        sheet = _stylesheet().substitute(colours, **sizes, images=images, look=look)
        self._application.setStyleSheet(sheet)
        self.changed.emit()


def new_application(argv: Sequence[str]) -> QApplication:
    """The application, told at its start of the style that a `Theme` needs.

    To set the style later gives it back to Python, which has to learn some fifty enumerations of it for that, before
    the first paint.
    """
    application = QApplication([*argv, "-style", _STYLE])
    application.setProperty(_HAS_STYLE, True)  # noqa: FBT003 - Qt takes no names
    return application


def restyle(widget: QWidget) -> None:
    """Have `widget` read the stylesheet again after one of its properties changed."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


@cache
def load_fonts(names: tuple[str, ...]) -> None:
    """Make fonts of ``resources/fonts`` known to Qt, once in a process."""
    folder = files("ptnotes.resources") / "fonts"
    for name in names:
        QFontDatabase.addApplicationFontFromData(QByteArray((folder / f"{name}.ttf").read_bytes()))


@cache
def _icon_drawing(name: str) -> str:
    return (files("ptnotes.resources") / "icons" / f"{name}.svg").read_text(encoding="utf-8")


@cache
def _stylesheet() -> Template:
    return Template((files("ptnotes.resources") / "theme" / "window.qss").read_text(encoding="utf-8"))


def _palette(inks: dict[str, QColor]) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for place, name in (
        (role.Window, "window"),
        (role.WindowText, "text"),
        (role.Base, "surface"),
        (role.AlternateBase, "sunken"),
        (role.Text, "text"),
        (role.PlaceholderText, "muted"),
        (role.Button, "surface"),
        (role.ButtonText, "text"),
        (role.BrightText, "danger"),
        (role.Highlight, "accent"),
        (role.HighlightedText, "on_accent"),
        (role.Link, "accent"),
        (role.LinkVisited, "accent"),
        (role.ToolTipBase, "surface"),
        (role.ToolTipText, "text"),
        (role.Accent, "accent"),
        (role.Light, "surface"),
        (role.Midlight, "hover"),
        (role.Mid, "border"),
        (role.Dark, "control"),
        (role.Shadow, "shadow"),
    ):
        palette.setColor(place, inks[name])
    for place in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, place, inks["muted"])
    return palette
