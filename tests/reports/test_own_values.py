"""The clinic's own values on screen and paper: wherever such a value stands, that and its reason stand with it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from ptnotes.clinical import ClinicValue, Reference
from ptnotes.domain.checks import unusual_readings
from ptnotes.domain.own_values import replaceable, with_own_values
from ptnotes.domain.people import NormalValues
from ptnotes.domain.sentences import sentence
from ptnotes.domain.trend import motion_charts
from ptnotes.figures.trend_parts import normal_text
from ptnotes.reports.progress import render_progress_report
from ptnotes.reports.progress_data import ProgressReportData
from ptnotes.services.progress_content import progress_content
from tests.clinics import reference as shipped
from tests.reports.cases import case, pages, visit

REASON = "measured in our own patients"
SAID = f"The clinic’s own value since 22 Nov 2026: {REASON}. Shipped:"


def own(key_end: str, value: str, subject: str = "lumbar_flexion") -> ClinicValue:
    known = next(
        each for each in replaceable(shipped()) if f".{subject}" in each.key and each.key.endswith(key_end)
    )
    return ClinicValue(
        key=known.key, value=Decimal(value), shipped=known.shipped, reason=REASON, since=date(2026, 11, 22)
    )


def ours(*values: ClinicValue) -> Reference:
    return with_own_values(shipped(), values)


def made(reference: Reference, normal_values: NormalValues = NormalValues.AMA) -> ProgressReportData:
    found = case(visit(1, degrees=42), visit(5, degrees=55))
    return progress_content(
        reference, replace(found, clinic=replace(found.clinic, normal_values=normal_values))
    )


def test_a_chart_names_the_clinics_own_normal_value() -> None:
    sessions = [visit(1), visit(5)]
    (published,) = motion_charts(shipped(), sessions, (), NormalValues.AMA)
    (changed,) = motion_charts(ours(own("normal_ama", "55")), sessions, (), NormalValues.AMA)
    assert normal_text(published) == "normal 60°"
    assert normal_text(changed) == "our normal 55°"


def test_a_report_marks_the_normal_value_and_says_whose_it_is() -> None:
    data = made(ours(own("normal_ama", "55")))
    row = next(row for row in data.measures if row.label == "Lumbar flexion")
    assert row.normal == "55°*"
    assert any(
        note.startswith("* Lumbar flexion, normal value:") and SAID in note for note in data.method_notes
    )
    untouched = made(shipped())
    assert not any("own value" in note for note in untouched.method_notes)
    assert next(row for row in untouched.measures if row.label == "Lumbar flexion").normal == "60°"


def test_a_value_of_the_other_set_is_not_claimed() -> None:
    """AAOS gives no single value here, so the published range stands, and the clinic's AMA value is not in it."""
    data = made(ours(own("normal_ama", "55")), NormalValues.AAOS)
    assert next(row for row in data.measures if row.label == "Lumbar flexion").normal == "40–60°"


def test_the_pages_of_a_report_tell_of_an_own_error_and_important_change() -> None:
    reference = ours(
        own("value", "14"), own("normal_ama", "55"), own("odi_low_back.value", "12", "odi_low_back")
    )
    text = " ".join(" ".join(page.split()) for page in pages(render_progress_report(made(reference))))
    # The first page names whose threshold it is, the second since when and why.
    assert "(our ≥ 12 points)" in text.replace("\u00a0", " ")
    assert "Measurement error (MDC90): 14°. " + SAID + " 9°." in text
    assert "Important change (MIC): 12 points. " + SAID + " 10 points." in text
    assert "normal value: " + SAID + " 60°." in text


def test_a_reading_above_the_clinics_own_limit_says_whose_limit_it_is() -> None:
    high = visit(1, degrees=75)
    assert unusual_readings(shipped(), high) == ()
    fault, *_ = unusual_readings(ours(own("warn_above", "70")), high)
    assert "above 70°, the clinic’s own limit" in sentence(fault)
