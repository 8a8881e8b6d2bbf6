"""The map of the spine on which a visit is charted: with keys, with the mouse, and as a screen reader finds it."""

from collections.abc import Iterator
from datetime import date

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ptnotes.domain.treatment import Mobilization, Side, TreatmentSession
from ptnotes.figures.target_map import PART_WORDS
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.spine.boxes import PlaceBox, area_of
from ptnotes.ui.spine.card import SpineCard
from ptnotes.ui.spine.control import SpineControl
from ptnotes.ui.theme import Look, Theme
from tests.clinics import reference

CENTRAL = Mobilization(
    row=1, targets=("L4",), side=Side.MIDLINE, technique="cpa", grade="III", grade_system="maitland", sets=3
)
LAST = TreatmentSession(
    id=7,
    episode_id=1,
    service_date=date(2026, 2, 26),
    mobilizations=(
        CENTRAL,
        Mobilization(
            row=2,
            targets=("L2-L3",),
            side=Side.RIGHT,
            technique="rotation",
            grade="II",
            grade_system="maitland",
        ),
    ),
)


@pytest.fixture
def state(qapp: QApplication) -> Iterator[DraftState]:
    made = DraftState(TreatmentSession(id=8, episode_id=1, service_date=date(2026, 3, 2)))
    yield made
    made.deleteLater()


@pytest.fixture
def window(qtbot: QtBot, state: DraftState, theme: Theme) -> QWidget:
    """The card between two fields, as tall as on a screen of 900 pixels."""
    made = QWidget()
    column = QVBoxLayout(made)
    card = SpineCard(state, (LAST,), reference(), theme, ("lumbar",), made)
    before, after = QLineEdit(made), QLineEdit(made)
    for widget in (before, card, after):
        column.addWidget(widget)
    QWidget.setTabOrder(before, card.control)
    QWidget.setTabOrder(card.control, after)
    qtbot.addWidget(made)
    made.resize(250, 760)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


@pytest.fixture
def card(window: QWidget) -> SpineCard:
    found = window.findChild(SpineCard)
    assert isinstance(found, SpineCard)
    return found


@pytest.fixture
def spine(card: SpineCard) -> SpineControl:
    card.control.setFocus()
    return card.control


def press(spine: SpineControl, *keys: Qt.Key | str) -> None:
    """Press keys where the focus is, as the window system would."""
    for key in keys:
        box = spine.window().focusWidget()
        if isinstance(key, str):
            QTest.keyClicks(box, key)
        else:
            QTest.keyClick(box, key)


def middle_of(spine: SpineControl, target: str, side: Side) -> QPoint:
    areas = (*spine.drawn.areas, *spine.drawn.doors)
    area = next(area for area in areas if (area.target, area.side) == (target, side))
    return QPoint(round(area.middle[0]), round(area.middle[1]))


def click(spine: SpineControl, target: str, side: Side) -> None:
    QTest.mouseClick(spine, Qt.MouseButton.LeftButton, pos=middle_of(spine, target, side))


def rows(state: DraftState) -> list[tuple[tuple[str, ...], Side | None, str | None, str | None]]:
    return [(row.targets, row.side, row.technique, row.grade) for row in state.session.mobilizations]


def test_the_keys_begin_where_the_last_visit_treated(spine: SpineControl) -> None:
    assert spine.place == ("L4", Side.MIDLINE)


def test_arrows_choose_and_a_number_charts_one_row_that_one_undo_takes_back(
    spine: SpineControl, state: DraftState
) -> None:
    press(spine, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Left, "3")
    assert rows(state) == [(("L5",), Side.LEFT, "upa", "III")]
    assert state.session.mobilizations[0].grade_system == "maitland"
    state.undo()
    assert rows(state) == []
    state.redo()
    assert rows(state) == [(("L5",), Side.LEFT, "upa", "III")]


def test_plus_and_minus_step_the_modifier_and_each_is_a_step_of_undo(
    spine: SpineControl, state: DraftState
) -> None:
    press(spine, "3++-")
    assert rows(state)[0][3] == "III+"
    state.undo()
    assert rows(state)[0][3] == "III++"
    press(spine, "-----")
    assert rows(state)[0][3] == "III--"


def test_what_a_key_cannot_do_is_said_and_changes_nothing(
    card: SpineCard, spine: SpineControl, state: DraftState
) -> None:
    press(spine, "+")
    assert card.words.text() == "Give a grade first: 1 to 5."
    press(spine, "5+")
    assert card.words.text() == "Grade V takes no + or −."
    assert rows(state) == [(("L4",), Side.MIDLINE, "hvlat_spine", "V")]
    press(spine, "3")
    assert "grade III" in card.words.text()


def test_five_is_the_thrust_and_four_is_not(spine: SpineControl, state: DraftState) -> None:
    press(spine, "4")
    assert rows(state) == [(("L4",), Side.MIDLINE, "cpa", "IV")]
    press(spine, "5")
    assert rows(state) == [(("L4",), Side.MIDLINE, "hvlat_spine", "V")]
    press(spine, "4")
    assert rows(state) == [(("L4",), Side.MIDLINE, "cpa", "IV")]


def test_a_thrust_that_the_role_may_not_chart_is_refused_with_its_reason(
    card: SpineCard, spine: SpineControl, state: DraftState
) -> None:
    spine.charting.refuse("V", "Your role does not let you chart a thrust.")
    press(spine, "5")
    assert rows(state) == []
    assert card.words.text() == "Your role does not let you chart a thrust."
    assert card.words.property("type") == "fault"


def test_space_charts_without_a_grade_and_takes_back_and_delete_takes_away(
    spine: SpineControl, state: DraftState
) -> None:
    press(spine, Qt.Key.Key_Space)
    assert rows(state) == [(("L4",), Side.MIDLINE, "cpa", None)]
    press(spine, Qt.Key.Key_Space)
    assert rows(state) == []
    press(spine, "2", Qt.Key.Key_Delete)
    assert rows(state) == []


def test_delete_and_a_grade_touch_one_level_of_a_row_on_several(
    spine: SpineControl, state: DraftState
) -> None:
    row = Mobilization(
        row=0,
        targets=("L3", "L4", "L5"),
        side=Side.MIDLINE,
        technique="cpa",
        grade="II",
        grade_system="maitland",
    )
    state.put(TreatmentSession(episode_id=1, service_date=date(2026, 3, 2), mobilizations=(row,)))
    press(spine, "3")
    assert [(targets, grade) for targets, _, _, grade in rows(state)] == [
        (("L3", "L5"), "II"),
        (("L4",), "III"),
    ]
    press(spine, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Delete)
    assert [targets for targets, *_ in rows(state)] == [("L3",), ("L4",)]


def test_the_technique_is_what_an_earlier_visit_did_there_else_that_of_the_last_row(
    spine: SpineControl, state: DraftState
) -> None:
    spine.choose(("L2-L3", Side.RIGHT))
    press(spine, "2")
    spine.choose(("L1", Side.LEFT))
    press(spine, "2")
    assert [technique for _, _, technique, _ in rows(state)] == ["rotation", "rotation"]


def test_no_technique_is_made_up_where_nothing_says_which(
    qtbot: QtBot, state: DraftState, theme: Theme
) -> None:
    first_visit = SpineCard(state, (), reference(), theme, ("lumbar",))
    qtbot.addWidget(first_visit)
    first_visit.control.choose(("L5", Side.LEFT))
    first_visit.control.act("III")
    assert rows(state) == [(("L5",), Side.LEFT, None, "III")]


def test_home_and_end_go_to_the_ends_of_the_part_and_the_page_keys_through_the_parts(
    spine: SpineControl,
) -> None:
    press(spine, Qt.Key.Key_Home)
    assert spine.place == ("L1", Side.MIDLINE)
    press(spine, Qt.Key.Key_End)
    assert spine.place == ("COC", Side.MIDLINE)
    seen = []
    for _ in PART_WORDS:
        press(spine, Qt.Key.Key_PageDown)
        seen.append(spine._part)
    assert sorted(seen) == sorted(PART_WORDS)
    press(spine, Qt.Key.Key_PageUp)
    assert spine._part == "thorax"


def test_an_arrow_beyond_the_open_part_opens_the_next(spine: SpineControl, state: DraftState) -> None:
    spine.choose(("L1", Side.LEFT))
    press(spine, Qt.Key.Key_Up, Qt.Key.Key_Up)
    assert spine.place == ("T12", Side.LEFT)
    assert area_of(spine.drawn, ("T4-T5", Side.LEFT)) is not None
    press(spine, "2")
    assert rows(state)[0][:2] == (("T12",), Side.LEFT)


@pytest.mark.parametrize(
    ("target", "side"),
    [
        ("L5", Side.LEFT), ("L4-L5", Side.RIGHT), ("L4-L5", Side.MIDLINE), ("SIJ", Side.RIGHT), ("S1", Side.LEFT),
        ("COC", Side.MIDLINE), ("GH", Side.RIGHT), ("TF", Side.LEFT), ("TMJ", Side.RIGHT),
    ],
)  # fmt: skip
def test_a_click_chooses_the_place_and_a_key_grades_it(
    spine: SpineControl, state: DraftState, target: str, side: Side
) -> None:
    click(spine, target, side)
    assert spine.place == (target, side)
    press(spine, "2")
    assert [(row.targets, row.side, row.grade) for row in state.session.mobilizations] == [
        ((target,), side, "II")
    ]


def test_a_limb_is_opened_on_the_body_and_its_joints_are_clicked(
    spine: SpineControl, state: DraftState
) -> None:
    click(spine, "TC", Side.LEFT)
    click(spine, "STJ", Side.LEFT)
    press(spine, "3")
    assert rows(state)[0][:2] == (("STJ",), Side.LEFT)


def test_a_folded_level_opens_its_part_at_one_click(spine: SpineControl) -> None:
    click(spine, "C5", Side.MIDLINE)
    assert spine._part == "neck"


def test_a_click_beside_everything_chooses_nothing(spine: SpineControl) -> None:
    QTest.mouseClick(spine, Qt.MouseButton.LeftButton, pos=QPoint(spine.width() - 3, spine.height() - 3))
    assert spine.place == ("L4", Side.MIDLINE)


def test_the_grades_below_the_map_are_clicked_too(
    card: SpineCard, spine: SpineControl, state: DraftState
) -> None:
    click(spine, "L3", Side.RIGHT)
    for verb in ("IV", "-"):
        QTest.mouseClick(card.buttons[verb], Qt.MouseButton.LeftButton)
    assert rows(state) == [(("L3",), Side.RIGHT, "upa", "IV-")]
    QTest.mouseClick(card.buttons["remove"], Qt.MouseButton.LeftButton)
    assert rows(state) == []


def test_enter_and_a_double_click_ask_for_the_row(
    qtbot: QtBot, spine: SpineControl, state: DraftState
) -> None:
    with qtbot.waitSignal(spine.row_asked) as asked:
        press(spine, Qt.Key.Key_Return)
    assert asked.args == [state.session.mobilizations[0].row]
    with qtbot.waitSignal(spine.row_asked):
        QTest.mouseDClick(spine, Qt.MouseButton.LeftButton, pos=middle_of(spine, "L4", Side.MIDLINE))
    assert len(state.session.mobilizations) == 1


def test_the_map_is_one_stop_of_tab_in_both_directions(window: QWidget, spine: SpineControl) -> None:
    before, after = window.findChildren(QLineEdit)
    press(spine, Qt.Key.Key_Down)
    press(spine, Qt.Key.Key_Tab)
    assert after.hasFocus()
    QTest.keyClick(after, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    box = window.focusWidget()
    assert isinstance(box, PlaceBox)
    assert box.place == spine.place == ("L4-L5", Side.MIDLINE)
    QTest.keyClick(box, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert before.hasFocus()


def children(spine: SpineControl) -> list[QAccessibleInterface]:
    whole = QAccessible.queryAccessibleInterface(spine)
    found = [whole.child(number) for number in range(whole.childCount())]
    return [child for child in found if not child.state().invisible]


def test_a_screen_reader_finds_every_target_with_its_name_its_state_and_its_action(
    spine: SpineControl, state: DraftState
) -> None:
    press(spine, "3+")
    walked: dict[str, QAccessible.Role] = {}
    for part in PART_WORDS:
        spine.open_part(part)
        for child in children(spine):
            name = child.text(QAccessible.Text.Name)
            assert name
            assert child.rect().isValid()
            if child.role() is QAccessible.Role.CheckBox:
                walked[name] = child.role()
                action = child.actionInterface()
                assert action is not None
                assert action.toggleAction() in action.actionNames()
                assert child.state().checkable
                assert child.state().focusable
                assert child.state().checked == (name.startswith("L4 midline, grade III+"))
    wanted = sum(
        len([side for side in target.sides if side != "bilateral"])
        for target in reference().targets.values()
        if target.kind in {"vertebra", "segment", "rib", "joint"}
    )
    assert len(walked) == wanted
    assert "L4 midline, grade III+, Central posteroanterior (PA) glide" in walked
    assert "L2-L3 right, not treated today; before: grade II, Rotation mobilization" in walked
    assert "Glenohumeral left, not treated" in walked


def test_a_screen_reader_charts_with_the_action_of_a_target_and_opens_a_part_with_its_own(
    qtbot: QtBot, spine: SpineControl, state: DraftState
) -> None:
    def child_named(words: str) -> QAccessibleInterface:
        return next(child for child in children(spine) if child.text(QAccessible.Text.Name).startswith(words))

    toggle = child_named("L5 left").actionInterface()
    assert toggle is not None
    toggle.doAction(toggle.toggleAction())
    assert rows(state) == [(("L5",), Side.LEFT, "upa", None)]
    assert child_named("L5 left").state().checked
    neck = child_named("Neck").actionInterface()
    assert neck is not None
    neck.doAction(neck.pressAction())
    qtbot.waitUntil(lambda: spine.place[0].startswith("C"))
    assert child_named("C5 left").text(QAccessible.Text.Name) == "C5 left, not treated"
    low_back = child_named("Low back")
    assert low_back.text(QAccessible.Text.Name) == "Low back and pelvis, treated today: L5 left"


def test_the_focus_of_the_window_is_on_the_target_that_the_keys_stand_on(spine: SpineControl) -> None:
    press(spine, Qt.Key.Key_Left)
    box = spine.window().focusWidget()
    assert isinstance(box, PlaceBox)
    assert box.accessibleName() == "L4 left, not treated"
    assert QAccessible.queryAccessibleInterface(box).state().focused
    press(spine, Qt.Key.Key_PageUp)
    box = spine.window().focusWidget()
    assert isinstance(box, PlaceBox)
    assert box.place == spine.place


def test_what_another_view_changes_is_shown_at_once(spine: SpineControl, state: DraftState) -> None:
    state.put(TreatmentSession(episode_id=1, service_date=date(2026, 3, 2), mobilizations=(CENTRAL,)))
    assert "latest visit: L4 grade III" in spine.accessibleName()
    state.undo()
    assert "latest visit" not in spine.accessibleName()


def test_the_words_below_the_map_follow_what_is_charted_elsewhere(card: SpineCard, state: DraftState) -> None:
    assert card.words.text() == "L4 midline, not treated today; before: grade III, CPA"
    state.put(TreatmentSession(episode_id=1, service_date=date(2026, 3, 2), mobilizations=(CENTRAL,)))
    assert card.words.text() == "L4 midline, grade III, CPA"
    state.undo()
    assert card.words.text() == "L4 midline, not treated today; before: grade III, CPA"


def test_an_unsaid_side_is_shown_at_neither(spine: SpineControl, state: DraftState) -> None:
    row = Mobilization(row=1, targets=("SIJ",), grade="III", grade_system="maitland")
    state.put(TreatmentSession(episode_id=1, service_date=date(2026, 3, 2), mobilizations=(row,)))
    assert "SIJ" not in spine.accessibleName()


def test_a_visit_that_can_only_be_read_is_walked_and_not_changed(
    card: SpineCard, spine: SpineControl, state: DraftState
) -> None:
    card.set_editable(False)
    press(spine, Qt.Key.Key_Down, "3", Qt.Key.Key_Space, Qt.Key.Key_Return)
    assert spine.place == ("L4-L5", Side.MIDLINE)
    assert rows(state) == []
    assert card.words.text() == "This visit can only be read."


def test_a_grade_is_painted_in_its_ink_in_light_and_dark(
    spine: SpineControl, theme: Theme, state: DraftState
) -> None:
    press(spine, "3")
    at = middle_of(spine, "L4", Side.MIDLINE) + QPoint(-12, 0)
    assert spine.grab().toImage().pixelColor(at) == theme.ink("grade_3")
    theme.set_look(Look.DARK)
    assert spine.grab().toImage().pixelColor(at) == theme.ink("grade_3")
