"""The clinic's own values: what may be replaced, within what, and how they go with the values everywhere."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from ptnotes.clinical import ClinicValue, Reference
from ptnotes.domain.change import Meaning, judge_motion, judge_score
from ptnotes.domain.errors import InputError
from ptnotes.domain.own_values import (
    OwnValueRow,
    checked_own_value,
    clinic_values,
    fitting,
    own_normals,
    own_number,
    replaceable,
    row_name,
    value_rows,
    with_own_values,
)
from ptnotes.domain.people import NormalValues
from ptnotes.domain.screening import (
    BEGUN,
    Answer,
    AskAgain,
    Scope,
    ScreenAnswer,
    Site,
    ask_again,
    ask_again_after,
    items_for,
)
from ptnotes.domain.treatment import RomReading
from ptnotes.domain.trend import normal_range
from ptnotes.domain.wording import threshold_words
from tests.clinics import reference as shipped

SINCE = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
NORMAL = "motions.lumbar_flexion.normal_ama"
WARN = "motions.lumbar_flexion.warn_above"
INTERVAL = "screening_intervals.ask_again.days"
IMPORTANT = "important_changes.odi_low_back.value"


@pytest.fixture
def reference() -> Reference:
    return shipped()


def own(reference: Reference, key: str, value: str, reason: str = "as in our own study") -> ClinicValue:
    known = next(each for each in replaceable(reference) if each.key == key)
    return ClinicValue(
        key=key,
        value=Decimal(value),
        shipped=known.shipped,
        reason=reason,
        since=date(2026, 11, 22),
        by="J. Rivera",
    )


def mdc_key(reference: Reference) -> str:
    row = next(row for row in reference.motions["lumbar_flexion"].mdc if row.usable)
    return f"motions.lumbar_flexion.mdc.{row_name(row)}.value"


def reading(value: int) -> RomReading:
    return RomReading(
        row=1, pair=1, motion="lumbar_flexion", value=Decimal(value), method="inclinometer_dual", rater=1
    )


def test_every_value_lies_within_its_own_bounds_and_has_one_key(reference: Reference) -> None:
    values = replaceable(reference)
    assert len({value.key for value in values}) == len(values)
    assert len(values) > 150
    assert all(value.lowest <= value.shipped <= value.highest for value in values)
    assert all(value.source and value.label for value in values)


def test_the_shipped_data_stay_as_they_are(reference: Reference) -> None:
    version = reference.version
    changed = with_own_values(reference, [own(reference, NORMAL, "55")])
    assert reference.motions["lumbar_flexion"].normal_ama == 60
    assert changed.motions["lumbar_flexion"].normal_ama == 55
    assert reference.version == version
    assert changed.version.startswith(f"{version}+clinic.")
    assert with_own_values(reference, []) is reference


def test_the_version_follows_the_values_and_not_their_order(reference: Reference) -> None:
    one, two = own(reference, NORMAL, "55"), own(reference, IMPORTANT, "12")
    assert with_own_values(reference, [one, two]).version == with_own_values(reference, [two, one]).version
    other = with_own_values(reference, [replace(one, value=Decimal(56)), two])
    assert other.version != with_own_values(reference, [one, two]).version


def test_a_search_finds_the_value_that_is_in_force(reference: Reference) -> None:
    reference.find("motions", "lumbar flexion")
    changed = with_own_values(reference, [own(reference, NORMAL, "55")])
    assert changed.find("motions", "lumbar flexion")[0].normal_ama == 55


def test_an_own_error_decides_and_says_so(reference: Reference) -> None:
    changed = with_own_values(reference, [own(reference, mdc_key(reference), "12")])
    before = judge_motion(reference, reading(40), reading(50))
    after = judge_motion(changed, reading(40), reading(50))
    assert (before.meaning, before.threshold) == (Meaning.EXCEEDS_ERROR, 9)
    assert (after.meaning, after.threshold) == (Meaning.WITHIN_ERROR, 12)
    assert judge_motion(changed, reading(40), reading(52)).meaning is Meaning.EXCEEDS_ERROR
    words = threshold_words(after, "deg")
    assert "12°" in words
    assert "The clinic’s own value since 22 Nov 2026: as in our own study. Shipped: 9°." in words
    assert before.source in words
    assert "own value" not in threshold_words(before, "deg")


def test_an_own_important_change_decides_and_gives_no_reason_of_ours(reference: Reference) -> None:
    changed = with_own_values(reference, [own(reference, IMPORTANT, "15")])
    verdict = judge_score(changed, "odi", 44, 32, between_visits=True, region="lumbar")
    assert (verdict.meaning, verdict.threshold) == (Meaning.EXCEEDS_ERROR, 10)
    verdict = judge_score(changed, "odi", 44, 29, between_visits=True, region="lumbar")
    assert (verdict.meaning, verdict.threshold, verdict.chosen_because) == (Meaning.IMPORTANT, 15, "")
    assert "Shipped: 10 points" in threshold_words(verdict, "percent")


def test_an_own_normal_value_is_told_from_the_published_one(reference: Reference) -> None:
    changed = with_own_values(reference, [own(reference, NORMAL, "55")])
    motion = changed.motions["lumbar_flexion"]
    assert normal_range(motion, NormalValues.AMA) == (55, 55)
    assert [value.key for value in own_normals(motion, NormalValues.AMA)] == [NORMAL]
    assert own_normals(motion, NormalValues.AAOS) == ()
    assert own_normals(reference.motions["lumbar_flexion"], NormalValues.AMA) == ()


@pytest.mark.parametrize(
    ("key", "typed", "code"),
    [
        (NORMAL, "80", None),
        (NORMAL, "80.1", "value.range"),
        (NORMAL, "−10", None),
        (NORMAL, "-10.5", "value.range"),
        (WARN, "60", None),
        (WARN, "59", "value.range"),
        (WARN, "111", "value.range"),
        (IMPORTANT, "0", "value.range"),
        (IMPORTANT, "0.1", None),
        (IMPORTANT, "12,5", None),
        (IMPORTANT, "12.555", "value.not_a_number"),
        (IMPORTANT, "twelve", "value.not_a_number"),
        (IMPORTANT, "", "value.not_a_number"),
        (IMPORTANT, "NaN", "value.not_a_number"),
        (IMPORTANT, "Infinity", "value.not_a_number"),
        (IMPORTANT, "1e99999999", "value.not_a_number"),
        (IMPORTANT, "9e9999999999", "value.not_a_number"),
    ],
)
def test_a_number_is_taken_within_what_the_data_leave_it(
    reference: Reference, key: str, typed: str, code: str | None
) -> None:
    known = next(each for each in replaceable(reference) if each.key == key)
    if code is None:
        assert own_number(typed, known) is not None
        return
    with pytest.raises(InputError) as refused:
        own_number(typed, known)
    assert (refused.value.code, refused.value.faults[0].field) == (code, "own_value.value")


@pytest.mark.parametrize(
    ("typed", "code"),
    [("1", None), ("90", None), ("0", "value.range"), ("91", "value.range"), ("14.5", "value.not_whole")],
)
def test_an_interval_is_in_whole_days(reference: Reference, typed: str, code: str | None) -> None:
    known = next(each for each in replaceable(reference) if each.key == INTERVAL)
    if code is None:
        assert own_number(typed, known) == Decimal(typed)
        return
    with pytest.raises(InputError) as refused:
        own_number(typed, known)
    assert refused.value.code == code


@pytest.mark.parametrize(("days", "again"), [(13, ()), (14, (AskAgain.TOO_LONG_AGO,))])
def test_the_screen_is_asked_again_after_the_clinics_own_days(
    reference: Reference, days: int, again: tuple[AskAgain, ...]
) -> None:
    changed = with_own_values(reference, [own(reference, INTERVAL, "14")])
    asked = date(2026, 3, 2)
    begun = ScreenAnswer(
        item=BEGUN,
        answer=Answer.NO,
        sites=(Site("lumbar"),),
        at=datetime(2026, 3, 2, 15, tzinfo=UTC),
        on=asked,
    )
    answers = [begun]
    answers += [
        ScreenAnswer(item=item.id, answer=Answer.NO, at=begun.at, on=asked)
        for item in items_for(changed, ["lumbar"])
    ]
    scope = Scope(regions=("lumbar",), diagnoses=())
    assert ask_again(changed, answers, scope, asked + timedelta(days=days)) == again
    assert ask_again(reference, answers, scope, asked + timedelta(days=days)) == ()
    assert ask_again_after(changed) == timedelta(days=14)


def test_a_value_needs_a_reason_and_undoing_one_does_not(reference: Reference) -> None:
    row = OwnValueRow(key=NORMAL, value=Decimal(55), reason="  ", since=SINCE, person_id=1)
    with pytest.raises(InputError) as refused:
        checked_own_value(reference, row)
    assert [fault.field for fault in refused.value.faults] == ["own_value.reason"]
    assert checked_own_value(reference, replace(row, value=None)).reason == ""
    assert checked_own_value(reference, replace(row, reason=" our  study ")).reason == "our study"


def test_a_key_that_is_not_among_them_is_refused(reference: Reference) -> None:
    row = OwnValueRow(
        key="motions.lumbar_flexion.input_max", value=Decimal(500), reason="x", since=SINCE, person_id=1
    )
    with pytest.raises(InputError) as refused:
        checked_own_value(reference, row)
    assert refused.value.code == "own_value.unknown"


def test_a_value_that_no_longer_fits_is_kept_shown_and_not_used(reference: Reference) -> None:
    lost = own(reference, NORMAL, "300")
    gone = replace(lost, key="motions.gone.normal_ama")
    good = own(reference, IMPORTANT, "12")
    values = [lost, gone, good]
    assert fitting(reference, values) == (good,)
    assert with_own_values(reference, values).version == with_own_values(reference, [good]).version
    rows = value_rows(reference, values)
    assert [(row.own, row.fits) for row in rows[:2]] == [(lost, False), (gone, False)]
    assert rows[1].value is None
    assert len(rows) == len(replaceable(reference)) + 1
    assert [row.own for row in rows if row.own and row.fits] == [good]


def test_one_own_value_makes_room_for_another_in_any_order(reference: Reference) -> None:
    wide, high = own(reference, WARN, "100"), own(reference, NORMAL, "95")
    assert fitting(reference, [high]) == ()
    for values in ([wide, high], [high, wide]):
        changed = with_own_values(reference, values)
        motion = changed.motions["lumbar_flexion"]
        assert (motion.warn_above, motion.normal_ama) == (100, 95)


def test_the_newest_entries_become_values_with_the_shipped_one_beside(reference: Reference) -> None:
    row = OwnValueRow(key=NORMAL, value=Decimal(55), reason="r", since=SINCE, person_id=1, by="J. Rivera")
    undone = replace(row, key=IMPORTANT, value=None)
    (value,) = clinic_values(reference, [row, undone], lambda instant: instant.date())
    assert (value.value, value.shipped, value.since, value.by) == (55, 60, date(2026, 11, 22), "J. Rivera")


def test_a_published_row_keeps_its_name_wherever_it_stands_and_whatever_it_says_now(
    reference: Reference,
) -> None:
    row = next(row for row in reference.motions["lumbar_flexion"].mdc if row.usable)
    assert row_name(row) == row_name(replace(row, value=row.value + 1))
    assert row_name(row) != row_name(replace(row, population="others"))
