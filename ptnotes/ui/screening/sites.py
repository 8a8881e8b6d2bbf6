"""Where an answer applies: levels, joints with their side, whole regions, picked by their names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from ptnotes.clinical import Reference
from ptnotes.clinical.anatomy import Target
from ptnotes.domain.contraindication import site_words
from ptnotes.domain.screening import Site
from ptnotes.domain.treatment import Side
from ptnotes.ui.charting.cells import popup_is_open
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.pick_list import PickItem, PickList, find_in

_PLACES = ("vertebra", "segment", "joint", "rib", "region")
_SIDED = (Side.LEFT, Side.RIGHT)


def site_items(reference: Reference, regions: Sequence[str]) -> list[PickItem]:
    """Every place that an answer can speak of: those of `regions` first. A joint is offered with each of its sides."""
    places = [target for target in reference.targets.values() if target.kind in _PLACES]
    near = [target for target in places if set(target.regions) & set(regions)]
    far = [target for target in places if target not in near]
    items: list[PickItem] = []
    for target in (*near, *far):
        items += _items(reference, target)
    named = {item.id for item in items}
    for region in reference.regions.values():
        if f"{region.id}|" not in named:
            items.append(PickItem(f"{region.id}|", region.label, "region", region.aliases))
    return items


def _items(reference: Reference, target: Target) -> list[PickItem]:
    plain = PickItem(f"{target.id}|", target.label, "", target.aliases)
    if "midline" in target.sides or "left" not in target.sides:
        # A level of the spine is a site whatever the side.
        return [plain]
    sided = []
    for side in _SIDED:
        words = (target.label, *target.aliases)
        aliases = [*(f"{name} {side.value}" for name in words), *(f"{side.value} {name}" for name in words)]
        sided.append(
            PickItem(
                f"{target.id}|{side.value}", site_words(reference, target.id, side.value), "", tuple(aliases)
            )
        )
    return [*sided, PickItem(plain.id, plain.label, "both sides", plain.aliases)]


def read_site(item_id: str) -> Site:
    """The site that a choice of `site_items` is."""
    place, _, side = item_id.partition("|")
    return Site(place, Side(side) if side else None)


class SiteField(QWidget):
    """Shows the sites of one answer and takes further ones. Emits `changed` with all of them."""

    changed = Signal(object)
    done = Signal()
    """Enter in the empty field: no further place."""

    def __init__(
        self,
        reference: Reference,
        find: Callable[[str], Sequence[PickItem]],
        name: str,
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._reference = reference
        self._theme = theme
        self.sites: tuple[Site, ...] = ()
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(theme.space(2))
        self.pick = PickList(find, placeholder="Where? Level, or joint and side", name=name, parent=self)
        self._line.addWidget(self.pick, 1)
        self._shown: list[QPushButton] = []
        self.pick.chosen.connect(self._add)
        self.pick.returnPressed.connect(self._entered)

    def show_sites(self, sites: tuple[Site, ...]) -> None:
        """Show these, without a signal."""
        self.sites = sites
        for old in self._shown:
            self._line.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._shown = []
        for place, site in enumerate(sites):
            words = site_words(self._reference, site.id, site.side)
            button = QPushButton(f"{words}  ×", self)
            button.setProperty("type", "site")
            button.setAccessibleName(f"Take {words} out")
            button.clicked.connect(partial(self._remove, place))
            self._line.insertWidget(place, button)
            self._shown.append(button)
        self.pick.setPlaceholderText("Another place" if sites else "Where? Level, or joint and side")

    def _add(self, item_id: str) -> None:
        self.pick.set_current(None)
        if item_id and read_site(item_id) not in self.sites:
            self.show_sites((*self.sites, read_site(item_id)))
            self.changed.emit(self.sites)

    def _entered(self) -> None:
        if not self.pick.text() and not popup_is_open():
            self.done.emit()

    def _remove(self, place: int) -> None:
        self.show_sites(tuple(site for number, site in enumerate(self.sites) if number != place))
        self.pick.setFocus()
        self.changed.emit(self.sites)


def site_finder(reference: Reference, regions: Sequence[str]) -> Callable[[str], Sequence[PickItem]]:
    """A search over `site_items`."""
    return find_in(site_items(reference, regions))
