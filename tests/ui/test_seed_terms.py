"""Every word that the product must know is found by typing any of its words, charted as the screens do, and printed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ptnotes.clinical import Reference
from ptnotes.domain.diagnoses import added, read_diagnosis
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.exam_entry import catalogue, read_findings
from ptnotes.domain.screening import Answer, Site
from ptnotes.domain.treatment import Intervention, Mobilization, Side, TreatmentSession
from ptnotes.notation import Place, taking
from ptnotes.services.episodes import change_episode
from ptnotes.services.opening import OpenClinic
from ptnotes.services.reporting import ReportChoices, prepare_report
from ptnotes.services.screening import answer_screen
from ptnotes.services.visits import save_draft, start_session
from ptnotes.ui.charting import choices, edits
from ptnotes.ui.episode.diagnosis_card import diagnosis_items
from ptnotes.ui.episode.rows import new_row_number
from ptnotes.ui.widgets.pick_list import find_in
from tests.clinics import clinic_in, lumbar_episode, reference
from tests.clock import FixedClock
from tests.reports.cases import pages

FIRST = date(2026, 2, 2)


class Term(NamedTuple):
    """Words, and the entries of the reference data that they are to find."""

    words: str
    means: tuple[str, ...]


def _terms() -> dict[str, tuple[Term, ...]]:
    text = (Path(__file__).parents[1] / "seed_terms.toml").read_text(encoding="utf-8")
    found = tomllib.loads(text)
    return {
        kind: tuple(Term(row["words"], tuple(row["means"])) for row in rows) for kind, rows in found.items()
    }


TERMS = _terms()
_SAY_NOTHING = {"and", "of", "or", "for", "with", "the", "to"}


def _ids(items: Iterable[Any]) -> list[str]:
    return [item.id for item in items]


def _diagnoses(text: str) -> list[str]:
    return [item.id.partition("|")[0] for item in diagnosis_items(reference(), text)]


def _aims(text: str) -> list[str]:
    """What the boxes for responses, findings, services and pain offer."""
    data = reference()
    found = _ids(find_in(choices.response_items(data))(text))
    found += [typed.key[0].value for typed in read_findings(data, catalogue(data), text)]
    found += _ids(find_in([choices.intervention_item(row) for row in data.interventions.values()])(text))
    return found


FINDERS: dict[str, Callable[[str], list[str]]] = {
    "regions": lambda text: _ids(reference().find("regions", text)),
    "techniques": lambda text: _ids(choices.find_techniques(reference(), reference().techniques)(text)),
    "interventions": lambda text: _ids(
        find_in([choices.intervention_item(row) for row in reference().interventions.values()])(text)
    ),
    "motions": lambda text: _ids(find_in(choices.motion_items(reference()))(text)),
    "conditions": _diagnoses,
    "screening_items": lambda text: _ids(reference().find("screening_items", text)),
    "aims": _aims,
}
FOUND = [
    (kind, term)
    for kind in FINDERS
    for term in TERMS[kind]
    if term.words not in {"pain", TERMS["aims"][-1].words}
]


@pytest.mark.parametrize(("kind", "term"), FOUND, ids=[f"{kind}: {term.words}" for kind, term in FOUND])
def test_a_word_is_found_by_typing_any_of_its_words(kind: str, term: Term) -> None:
    find = FINDERS[kind]
    parts = [word for word in re.split(r"[ -]", term.words) if word not in _SAY_NOTHING]
    wholes = [] if kind == "aims" else [term.words]
    for typed in (*wholes, *parts):
        offered = find(typed)
        assert set(term.means) & set(offered), f"{typed!r} offers {offered[:8]}"
    if kind != "aims":
        assert find(term.words)[0] in term.means or kind in {"interventions", "conditions"}


def test_a_term_of_the_clinician_s_own_is_offered_first_and_without_a_code() -> None:
    for term in TERMS["own_terms"]:
        first = diagnosis_items(reference(), term.words)[0]
        assert term.words in first.label
        assert first.detail.endswith("no code")
        for word in term.words.split():
            assert term.means[0] in _diagnoses(word)


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[OpenClinic]:
    opened = clinic_in(tmp_path, FixedClock())
    yield opened
    opened.close()


@pytest.fixture
def episode(clinic: OpenClinic) -> EpisodeOfCare:
    return lumbar_episode(clinic, FIRST)


def charted(
    clinic: OpenClinic, episode: EpisodeOfCare, *changes: Callable[[TreatmentSession], TreatmentSession]
) -> str:
    """The text of the progress report over one visit that was charted and stored with these changes."""
    session = start_session(clinic, episode.id or 0, FIRST)
    for change in changes:
        session = change(session)
    save_draft(clinic, session)
    return bare(" ".join(pages(prepare_report(clinic, episode.id or 0, ReportChoices()).pdf)))


def bare(text: str) -> str:
    """Letters and digits alone: where lines break and which dash is printed does not matter."""
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def assert_printed(text: str, words: Iterable[str]) -> None:
    assert [each for each in words if bare(each) not in text] == []


def mobilization(data: Reference, technique: str, target: str | None = None) -> Mobilization:
    """A row as the table makes it of a technique and the first place where it is done."""
    place = target or next(each.id for each in data.targets_of(technique) if each.kind != "region")
    sides = data.sides_at(technique, place)
    row = Mobilization(row=0, targets=(place,), technique=technique, side=Side(sides[0]), sets=3, reps=10)
    return edits.possible(data, row)


def test_every_technique_is_charted_and_printed(clinic: OpenClinic, episode: EpisodeOfCare) -> None:
    data = clinic.reference
    ids = [one for term in TERMS["techniques"] for one in term.means]
    only_regions = {"aquatic_therapy": "lumbar"}
    rows = [mobilization(data, technique, only_regions.get(technique)) for technique in dict.fromkeys(ids)]
    text = charted(clinic, episode, *(lambda visit, row=row: edits.add_row(visit, row) for row in rows))
    assert_printed(text, (data.techniques[row.technique or ""].label for row in rows))
    assert_printed(text, (data.targets[row.targets[0]].label for row in rows))


def test_grades_from_i_to_v_are_charted_and_printed(clinic: OpenClinic, episode: EpisodeOfCare) -> None:
    lines = " ; ".join(
        f"{level} cpa {grade} 3x30s"
        for level, grade in zip(("L1", "L2", "L3", "L4"), ("I", "II", "III", "IV"), strict=True)
    )
    text = charted(clinic, episode, _typed(clinic, f"{lines} ; L4/5 HVLAT l x1"))
    for level, grade in (("L1", "I"), ("L2", "II"), ("L3", "III"), ("L4", "IV")):
        assert_printed(text, [f"{level} CPA {grade}"])
    assert_printed(text, ["L4-L5 left HVLAT V"])


def test_every_region_is_charted_and_printed(clinic: OpenClinic, episode: EpisodeOfCare) -> None:
    data = clinic.reference
    ids = dict.fromkeys(one for term in TERMS["regions"] for one in term.means)
    rows = [mobilization(data, "soft_tissue", region) for region in ids]
    text = charted(clinic, episode, *(lambda visit, row=row: edits.add_row(visit, row) for row in rows))
    assert_printed(text, (data.regions[region].label for region in ids))


def test_every_service_is_charted_at_its_place_and_printed(
    clinic: OpenClinic, episode: EpisodeOfCare
) -> None:
    data = clinic.reference
    ids = list(dict.fromkeys(one for term in TERMS["interventions"] for one in term.means))
    places = [choices.place_of(item.id) for item in choices.find_places(data, ())("l")[: len(ids)]]
    changes = []
    for service, (words, kind) in zip(ids, places, strict=True):
        row = Intervention(row=0, intervention=service, minutes=10, area=words, area_kind=kind)
        changes.append(lambda visit, row=row: edits.add_row(visit, row))
    text = charted(clinic, episode, *changes)
    assert_printed(
        text,
        (
            f"{data.interventions[service].short} ({words}) 10 min"
            for service, (words, _) in zip(ids, places, strict=True)
        ),
    )


def test_every_motion_is_charted_and_printed(clinic: OpenClinic, episode: EpisodeOfCare) -> None:
    data = clinic.reference
    line = (
        "ankle knee to wall r 8>10cm ; shoulder hand behind back l T10 ; mouth opening 35>40mm ; "
        "cervical flexion rotation test l 28>38"
    )
    text = charted(clinic, episode, _typed(clinic, line))
    assert_printed(text, (data.motions[term.means[0]].label for term in TERMS["motions"]))
    assert_printed(text, ["8 cm", "10 cm", "35 mm", "40 mm", "28°", "38°"])


def test_every_condition_is_charted_and_printed(clinic: OpenClinic, episode: EpisodeOfCare) -> None:
    data = clinic.reference
    diagnoses = episode.diagnoses
    used = {row.code for row in diagnoses}
    for term in TERMS["conditions"]:
        offered = [item.id.partition("|") for item in diagnosis_items(data, term.words)]
        code = next(one for condition, _, one in offered if condition in term.means and one not in used)
        used.add(code)
        found = read_diagnosis(data, f"{code} {term.words}")
        diagnoses = added(diagnoses, replace(found, row=new_row_number()))
    for term in TERMS["own_terms"]:
        found = read_diagnosis(data, term.words)
        diagnoses = added(diagnoses, replace(found, row=new_row_number()))
    change_episode(clinic, replace(episode, diagnoses=diagnoses))
    text = charted(clinic, episode, _typed(clinic, "pain 4"))
    assert_printed(text, (f"{row.code} {row.words}" for row in diagnoses))
    assert {row.words for row in diagnoses} >= {term.words for term in TERMS["conditions"]}
    assert {row.words for row in diagnoses if not row.code} >= {term.words for term in TERMS["own_terms"]}


def test_every_reason_to_stop_is_recorded_and_printed(clinic: OpenClinic, episode: EpisodeOfCare) -> None:
    data = clinic.reference
    items = [data.screening_items[term.means[0]] for term in TERMS["screening_items"]]
    answers = [(item.id, Answer.YES, (Site("L4"),) if item.needs_site else ()) for item in items]
    answer_screen(clinic, episode.id or 0, answers)
    text = charted(clinic, episode, _typed(clinic, "pain 4"))
    assert_printed(text, (item.label for item in items))


def test_every_aim_and_effect_is_recorded_and_printed(clinic: OpenClinic, episode: EpisodeOfCare) -> None:
    data = clinic.reference
    findings = [
        found
        for words in ("L4 joint play hypo", "quadriceps strength l 4")
        for found in read_findings(data, catalogue(data), words)[0].findings
    ]
    line = (
        "pain 6>3 ; flex 40>55 ; 97530 10 ; L4 cpa III 3x30s more range of motion less discomfort ; "
        "L5 cpa III 3x30s symptoms worse ; p: plan agreed with patient and physician"
    )

    def examined(visit: TreatmentSession) -> TreatmentSession:
        rows = tuple(replace(found, row=visit.next_row + place) for place, found in enumerate(findings))
        return replace(visit, findings=rows, next_row=visit.next_row + len(rows))

    text = charted(clinic, episode, _typed(clinic, line), examined)
    assert_printed(
        text, ["Pain now", "Lumbar flexion", "Activities that train function", "range increased", "better"]
    )
    assert_printed(
        text, ["worse", "plan agreed with patient and physician", "L4", "joint play", "quadriceps"]
    )


def _typed(clinic: OpenClinic, line: str) -> Callable[[TreatmentSession], TreatmentSession]:
    """Charts a line as Enter does in the window; all of it is understood."""

    def change(visit: TreatmentSession) -> TreatmentSession:
        done = taking(clinic.reference, visit, Place(("lumbar",)), line).session
        assert done.pending_line == ""
        return done

    return change
