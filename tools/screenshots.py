"""Renders every screen of the demo clinic: light and dark, in three window sizes and with text half as large again.

``make screenshots`` writes ``build/screenshots/SCREEN-LOOK-SIZE.png``. The clock stands still and the people are drawn
from a seed, so the pictures change only when the program does. ``--only WORD`` renders the screens that hold the word;
``--handbook`` also renews the few pictures of ``docs/pictures``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import TypeVar

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "screenshots"
HANDBOOK = ROOT / "docs" / "pictures"
os.environ["QT_QPA_PLATFORM"] = "offscreen"
# Neither the settings nor the data of whoever runs this are read or written.
_HOME = tempfile.TemporaryDirectory(prefix="ptnotes-screenshots-")
for _name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
    os.environ[_name] = _HOME.name

from PySide6.QtCore import Qt  # noqa: E402 - the platform has to be chosen first
from PySide6.QtGui import QImage  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

from ptnotes.db.kdf import Kdf  # noqa: E402
from ptnotes.domain.backup import BackupPlan  # noqa: E402
from ptnotes.domain.people import Clinic, Person  # noqa: E402
from ptnotes.services.backup import back_up_now, plan_backups  # noqa: E402
from ptnotes.services.opening import OpenClinic, create_clinic, open_clinic  # noqa: E402
from ptnotes.services.patients import patient_by_mrn  # noqa: E402
from ptnotes.services.sample import create_demo  # noqa: E402
from ptnotes.ui.charting.screen import ChartingScreen  # noqa: E402
from ptnotes.ui.data.data_page import OUT  # noqa: E402
from ptnotes.ui.remembered import Remembered  # noqa: E402
from ptnotes.ui.shell import Shell  # noqa: E402
from ptnotes.ui.tasks import Tasks  # noqa: E402
from ptnotes.ui.theme import Look, Theme  # noqa: E402

T = TypeVar("T")
PASSPHRASE = "words for pictures only"  # noqa: S105 - made-up patients
NOW = datetime(2026, 11, 16, 16, 5, tzinfo=UTC)
_LONGEST_S = 20.0
_QUIET_S = 0.3
"""Longer than the pause after which what was chosen of a document is made."""


@dataclass(frozen=True, slots=True)
class View:
    """A window size with a text size, as it stands in a picture's name."""

    name: str
    width: int
    height: int
    text_scale: float = 1.0


VIEWS = (
    View("1280x720", 1280, 720),
    View("1440x900", 1440, 900),
    View("1920x1080", 1920, 1080),
    View("150-per-cent", 1440, 900, 1.5),
)
LOOKS = (Look.LIGHT, Look.DARK)
IN_THE_HANDBOOK = ("overview", "sessions", "typed_line", "documents")
FROM_ELSEWHERE = """Chart #,Last Name,First Name,DOB,Sex,Phone,E-mail,Insurance
X1,Quizzlebrook,Ada,03/28/1979,F,(555) 010-0001,ada@example.org,Self
X2,Staythorpe,Ben,11/02/1968,M,(555) 010-0002,,Self
X3,MOREAU,Hélène,03/12/1979,F,(555) 010-0003,helene@example.org,Self
X4,Lastbury,Cy,31/31/1980,,,,Self
"""
TYPED = "L5 upa l III 3x45s ; flex 45>55 ; pain 6>3 ; rot 60"


class WatchedTasks(Tasks):
    """The window's tasks, which also tell whether something is still being read."""

    def __init__(self) -> None:
        super().__init__()
        self._reading: dict[object, object] = {}

    @property
    def is_reading(self) -> bool:
        """Whether a read has not ended yet."""
        return bool(self._reading)

    def read(
        self,
        job: Callable[[], T],
        done: Callable[[T], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
        *,
        latest: str | None = None,
    ) -> None:
        """Read as the window does."""
        # A newer read under the same key takes the place of the older, which may never be run.
        ticket = object()
        key = latest or ticket
        self._reading[key] = ticket

        def watched() -> T:
            try:
                return job()
            finally:
                if self._reading.get(key) is ticket:
                    del self._reading[key]

        super().read(watched, done, failed, latest=latest)

    def forget(self, key: str) -> None:
        """Wait no longer for what is read under `key`."""
        self._reading.pop(key, None)
        super().forget(key)


class Studio:
    """The application, its windows and what the pictures are taken of."""

    def __init__(self, folder: Path) -> None:
        self.application = QApplication(["ptnotes"])
        self.application.setCursorFlashTime(0)
        self.theme = Theme(self.application, look=Look.LIGHT, text_scale=1.0)
        self.theme.load_other_fonts()
        self.folder = folder
        self.tasks: WatchedTasks
        self.demo_path = folder / "demo.ptnotes"
        demo = create_demo(self.demo_path, PASSPHRASE, clock=lambda: NOW)
        # A clinic as it should be: no picture warns of a backup that nobody planned.
        backups = folder / "backups"
        backups.mkdir()
        plan_backups(demo, BackupPlan(backups, on_close=False))
        back_up_now(demo)
        demo.close()
        empty = create_clinic(
            folder / "new.ptnotes",
            Clinic(name="Harbor Spine Physical Therapy (sample)", zone="America/New_York"),
            Person(name="J. Rivera", credentials="PT, DPT"),
            PASSPHRASE,
            clock=lambda: NOW,
            kdf=Kdf(),
        )
        empty.close()

    @contextmanager
    def window(self, path: Path, view: View) -> Iterator[Shell]:
        """A window on the file at `path`, of that size; closed again afterwards."""
        tasks = self.tasks = WatchedTasks()
        shell = Shell(path, tasks, self.theme, Remembered())
        shell.resize(view.width, view.height)
        try:
            yield shell
        finally:
            shell.close()
            self.settle(shell)
            tasks.close()
            shell.deleteLater()
            self.application.processEvents()

    def enter(self, shell: Shell, name: str) -> OpenClinic:
        """Open a clinic and go in."""
        clinic = open_clinic(self.folder / name, PASSPHRASE, clock=lambda: NOW)
        shell.show()
        shell.enter(clinic)
        self.settle(shell)
        return clinic

    def settle(self, widget: QWidget) -> QImage:
        """Let the window work until nothing is read any more and two pictures in a row are the same; give the last."""
        begun = monotonic()
        before = QImage()
        while True:
            quiet = monotonic() + _QUIET_S
            while monotonic() < quiet:
                self.application.processEvents()
                sleep(0.005)
            after = widget.grab().toImage()
            worked = monotonic() - begun
            is_working = self.tasks.is_reading or self.tasks.unsaved
            if (after == before and not is_working) or worked > _LONGEST_S:
                return after
            before = after


Take = Callable[[Shell, str], None]


def doors(studio: Studio, view: View, take: Take) -> None:
    """What is shown before a file is open."""
    with studio.window(studio.folder / "none.ptnotes", view) as shell:
        shell.show_door(is_new=True)
        shell.show()
        take(shell, "first-start")
    with studio.window(studio.demo_path, view) as shell:
        shell.show_door(is_new=False)
        shell.show()
        take(shell, "unlock")
    with studio.window(studio.folder / "new.ptnotes", view) as shell:
        studio.enter(shell, "new.ptnotes")
        take(shell, "home-empty")
        shell.actions_by_id["add_patient"].trigger()
        take(shell, "patient-add")


def rooms(studio: Studio, view: View, take: Take) -> None:
    """What is shown of the demo clinic."""
    with studio.window(studio.demo_path, view) as shell:
        clinic = studio.enter(shell, "demo.ptnotes")
        workspace = shell.workspace
        if workspace is None:
            raise RuntimeError("the window did not go in")
        actions = shell.actions_by_id

        def open_patient(mrn: str) -> None:
            patient = patient_by_mrn(clinic, mrn)
            if patient.id is None:
                raise RuntimeError("a stored patient has an id")
            workspace.open_patient(patient.id)
            studio.settle(shell)
            actions["tab_overview"].trigger()
            studio.settle(shell)

        take(shell, "home")
        workspace.sidebar.find_line.setText("ma")
        workspace.sidebar.find_line.textEdited.emit("ma")
        take(shell, "find")
        workspace.sidebar.find_line.clear()
        workspace.sidebar.find_line.textEdited.emit("")
        open_patient("00231")
        take(shell, "overview")
        actions["tab_sessions"].trigger()
        take(shell, "sessions")
        charting = next(one for one in workspace.chart.screens.values() if isinstance(one, ChartingScreen))
        studio.settle(shell)
        charting.verbs.start_today()
        studio.settle(shell)
        page = charting.stage.page
        if page is None:
            raise RuntimeError("a visit is charted")
        page.line.start()
        page.line.input.insertPlainText(TYPED)
        take(shell, "typed_line")
        page.state.undo()
        studio.settle(shell)
        actions["tab_episode"].trigger()
        take(shell, "episode")
        actions["tab_documents"].trigger()
        take(shell, "documents")
        actions["edit_patient"].trigger()
        take(shell, "patient-edit")
        for mrn, name in (("00250", "one-visit"), ("00112", "many-visits"), ("00204", "two-methods")):
            open_patient(mrn)
            take(shell, f"overview-{name}")
        actions["settings"].trigger()
        take(shell, "settings")
        actions["people"].trigger()
        take(shell, "people")
        data(studio, shell, take)
        actions["home"].trigger()
        actions["keys"].trigger()
        take(shell, "keys")
        actions["about"].trigger()
        take(shell, "about")


def data(studio: Studio, shell: Shell, take: Take) -> None:
    """The page on which patients are brought in and records are taken out."""
    shell.actions_by_id["data"].trigger()
    page = shell.workspace.pages.data if shell.workspace is not None else None
    if page is None:
        raise RuntimeError("the page was not made")
    take(shell, "data-in")
    path = studio.folder / "another-program.csv"
    path.write_text(FROM_ELSEWHERE, encoding="utf-8")
    page.bring_in.look(path)
    take(shell, "data-columns")
    page.bring_in.columns.go_on.click()
    take(shell, "data-check")
    page.tabs.setCurrentIndex(OUT)
    take(shell, "data-out")


@contextmanager
def _clinics() -> Iterator[Path]:
    """A folder for the clinics, always of the same name since some screens show it; gone afterwards."""
    folder = Path(tempfile.gettempdir()) / "ptnotes-pictures"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def main() -> int:
    """Render the pictures and tell where they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", metavar="WORD", help="only screens whose name holds WORD")
    parser.add_argument("--view", default="", metavar="NAME", help="only this size, such as 1440x900")
    parser.add_argument("--handbook", action="store_true", help="also renew the pictures of docs/pictures")
    arguments = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    taken = 0
    with _clinics() as folder:
        studio = Studio(folder)
        for view in VIEWS:
            if arguments.view not in view.name:
                continue
            for look in LOOKS:
                studio.theme.set_look(look)
                studio.theme.set_text_scale(view.text_scale)

                def take(shell: Shell, screen: str, *, name: str = f"{look.value}-{view.name}") -> None:
                    nonlocal taken
                    if arguments.only not in screen:
                        return
                    picture = studio.settle(shell)
                    _save(picture, FOLDER / f"{screen}-{name}.png")
                    taken += 1
                    if arguments.handbook and screen in IN_THE_HANDBOOK and name == "light-1440x900":
                        HANDBOOK.mkdir(parents=True, exist_ok=True)
                        _save(_with_fewer_colours(picture), HANDBOOK / f"{screen}.png")

                doors(studio, view, take)
                rooms(studio, view, take)
                print(f"{look.value} {view.name}: done", file=sys.stderr, flush=True)
    print(f"{taken} pictures in {FOLDER}")
    return 0


def _with_fewer_colours(picture: QImage) -> QImage:
    """The picture with five or six bits a channel: no eye tells them apart, and the file is much smaller."""
    plainly = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    return picture.convertToFormat(QImage.Format.Format_RGB16, plainly)


def _save(picture: QImage, path: Path) -> None:
    # A window has no transparent parts; without that channel the picture is a quarter smaller.
    opaque = picture.convertToFormat(QImage.Format.Format_RGB888)
    if not opaque.save(str(path), "PNG", 0):  # type: ignore[call-overload]  # PySide's list of overloads names the format as bytes
        raise OSError(f"{path} could not be written")


if __name__ == "__main__":
    raise SystemExit(main())
