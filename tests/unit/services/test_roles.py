"""Every verb asks first: each role tries each verb on the real file, and is let or refused as the table says."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import ptnotes.services
from ptnotes.domain.errors import AccessError, PtNotesError
from ptnotes.domain.people import Permission, Role
from ptnotes.domain.permissions import Act, may
from ptnotes.domain.treatment import Intervention
from ptnotes.services import episodes, overview, visits
from tests.clock import FixedClock
from tests.signing import clinic_with_episode
from tests.unit.services.scene import THRUST, Scene, scene
from tests.unit.services.verbs_of_charts import OF_CHARTS
from tests.unit.services.verbs_of_clinic import OF_CLINIC
from tests.unit.services.verbs_of_documents import OF_DOCUMENTS

__all__ = ["scene"]
TRIES = OF_CLINIC | OF_DOCUMENTS | OF_CHARTS
"""What is tried, and all that one must be allowed for it. An episode is discharged last."""


def test_each_role_does_what_the_table_lets_it_and_nothing_else(scene: Scene) -> None:
    wrong = []
    for what, (acts, attempt) in TRIES.items():
        allowed = all(may(scene.me.person, act) for act in acts)
        refusal = ""
        try:
            attempt(scene)
        except AccessError as error:
            refusal = error.code
        except PtNotesError:
            pass  # it was let, and then something else was not in order
        if allowed is bool(refusal):
            wrong.append(f"{scene.me.person.role}: {what} was {'refused' if refusal else 'let'}")
    assert wrong == []


def test_who_may_not_read_charts_is_shown_none(scene: Scene) -> None:
    scene.draft()
    header = overview.patient_header(scene.me, scene.patient_id)
    drafts = overview.home(scene.me).drafts
    reads = may(scene.me.person, Act.VIEW_NOTES)
    assert (bool(header.episodes), header.episode is not None, bool(drafts)) == (reads, reads, reads)
    assert bool(header.open_draft_id) is reads


def test_in_an_emergency_charts_are_read_and_nothing_is_written(scene: Scene) -> None:
    helped = replace(scene.me, emergency="A made-up reason")
    assert episodes.episodes_of(helped, scene.patient_id)
    assert overview.patient_header(helped, scene.patient_id).episode is not None
    if not may(scene.me.person, Act.CHART_TREATMENT):
        with pytest.raises(AccessError):
            visits.save_draft(helped, scene.draft())


def test_what_a_therapist_charted_stands_when_an_assistant_goes_on_with_the_draft(
    tmp_path: Path, clock: FixedClock
) -> None:
    boss, episode = clinic_with_episode(tmp_path, clock)
    assistant = replace(boss, person=replace(boss.person, role=Role.ASSISTANT, granted=frozenset(Permission)))
    draft = visits.start_session(boss, episode.id or 0)
    charted = visits.save_draft(boss, replace(draft, mobilizations=(THRUST,), next_row=3))
    assert charted.mobilizations[0].done_by == boss.person_id
    further = visits.save_draft(assistant, replace(charted, others_present="Made-up friend"))
    assert further.mobilizations == charted.mobilizations
    for changed in (replace(further.mobilizations[0], attempts=2), replace(further.mobilizations[0], row=2)):
        with pytest.raises(AccessError, match=r"access\.not_allowed"):
            visits.save_draft(assistant, replace(further, mobilizations=(changed,)))
    boss.close()


def test_every_row_of_treatment_names_who_did_it(tmp_path: Path, clock: FixedClock) -> None:
    boss, episode = clinic_with_episode(tmp_path, clock)
    draft = visits.start_session(boss, episode.id or 0)
    rows = replace(
        draft,
        mobilizations=(replace(THRUST, technique="upa", grade="III"),),
        interventions=(Intervention(row=2, intervention="cpt_97140", minutes=10),),
        next_row=3,
    )
    saved = visits.load_session(boss, visits.save_draft(boss, rows).id or 0)
    assert saved.mobilizations[0].done_by == saved.interventions[0].done_by == boss.person_id
    boss.close()


# What asks nobody, each for a reason.
_FREE = {
    "people.people": "names stand under what everybody reads",
    "settings.clinic_details": "printed on every page",
    "payers.rules_by_payer": "the clinic's rules, nothing of a patient",
    "own_values.reference_values": "the clinic's own values, nothing of a patient",
    "retention.record_rules": "everybody's entries are held to them",
    "letters.letter_templates": "the clinic's words, nothing of a patient",
    "phrases.phrases": "the clinic's words and one's own, nothing of a patient",
    "phrases.may_change": "is a question itself",
    "import_source.until_stopped": "gives what asks whether to go on",
    "import_source.require_import": "is the question that the verbs of importing ask",
    "people.has_recovery_key": "can be seen in the key file without opening it",
    "people.unseen_emergencies": "gives nothing to whoever does not look after the clinic",
    "people.unseen_old_keys": "gives nothing to whoever does not look after the clinic",
    "opening.change_passphrase": "one's own, after the old one",
    "backup.backup_clinic": "stays encrypted for those who can open the file",
    "backup.back_up_now": "stays encrypted for those who can open the file",
    "backup.back_up_if_due": "what the program does by itself",
    "sample.store_cases": "makes sample clinics",
    "sample_history.live_through": "makes sample clinics",
    "sample_day.store_day": "makes sample clinics",
    "sample_screens.store_screen": "makes sample clinics",
    "screening.against_to_see": "gives nothing to whoever may not co-sign",
    "screening.events_to_follow": "gives nothing to whoever may not read charts",
    "documents.keep": "is given a connection by a verb that has asked",
    "document_signing.why_not_signed": "is a question itself",
    "signing.unwrapped_key": "is a question itself",
    "export_csv.write_tables": "is given a connection by an export that has asked",
    "export_fhir.patient_data": "is given a connection by an export that has asked",
    "export_file.noted": "puts in place what an export has written that has asked",
    "export_file.go_on": "is a question itself",
    "export_file.require_passphrase": "is a question itself",
}


def test_no_verb_forgets_to_ask() -> None:
    tried = {what.partition(":")[0].partition(" ")[0] for what in TRIES}
    found = dict(_verbs())
    forgotten = [name for name, verb in found.items() if name not in _FREE and verb not in tried]
    assert forgotten == []
    assert set(_FREE) <= set(found), "a verb of this name is gone"


def _verbs() -> Iterator[tuple[str, str]]:
    """Every public function of the services that is given an open clinic: its full name, and its own."""
    for found in pkgutil.iter_modules(ptnotes.services.__path__):
        if found.name in ("audit", "permit", "charting_rights"):
            continue  # the record of what was done, written with every verb; and the questions themselves
        module = importlib.import_module(f"ptnotes.services.{found.name}")
        for name, verb in inspect.getmembers(module, inspect.isfunction):
            takes = [str(one.annotation) for one in inspect.signature(verb).parameters.values()]
            is_own = verb.__module__ == module.__name__ and not name.startswith("_")
            if is_own and any("OpenClinic" in one for one in takes):
                yield f"{found.name}.{name}", name
