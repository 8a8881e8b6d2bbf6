"""The demo clinic's present day: who pays for some patients, whose goals changed, today's list.

It is stored by the verbs that the screens call, so that it is what a therapist could have typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from ptnotes.db.kdf import Kdf
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.goals import met, revised
from ptnotes.domain.payers import Authorization, Coverage, Payer
from ptnotes.domain.treatment import VisitStatus
from ptnotes.services import payers
from ptnotes.services.day_list import add_to_day, set_attendance
from ptnotes.services.episodes import change_episode, episodes_of
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import find_patients, patient_by_mrn
from ptnotes.services.people import make_recovery_key
from ptnotes.services.sample_exam import sample_file

_PAYS_ALONE = 10
"""Each so-manieth patient has no payer."""
_MOST = 1_000
_CHANGED_GOALS = "00231"
"""The record number of the patient whose first goals were met and revised."""


def store_day(clinic: OpenClinic) -> None:
    """Bring the demo clinic up to its today."""
    # Nobody has to be warned that a file which is thrown away has no way back in.
    make_recovery_key(clinic, kdf=Kdf())
    sample = sample_file()
    covered = {_cover(clinic, entry) for entry in sample["cover"]}
    _cover_the_others(clinic, sample["payers"], covered)
    _change_goals(clinic, _episode(clinic, _CHANGED_GOALS))
    for entry in sample["appointment"]:
        appointment = add_to_day(clinic, _patient(clinic, entry["mrn"]), clinic.today(), entry["at"])
        if "status" in entry:
            set_attendance(clinic, appointment, VisitStatus(entry["status"]), entry.get("reason", ""))


def _patient(clinic: OpenClinic, mrn: str) -> int:
    return patient_by_mrn(clinic, mrn).id or 0


def _episode(clinic: OpenClinic, mrn: str) -> EpisodeOfCare:
    return next(one for one in episodes_of(clinic, _patient(clinic, mrn)) if one.discharged_on is None)


def _cover_the_others(clinic: OpenClinic, names: Sequence[str], covered: set[int]) -> None:
    """A payer for each patient who has none yet, in turn; some pay themselves."""
    payer_ids = [payers.add_payer(clinic, Payer(name=name)).id or 0 for name in names]
    for place, row in enumerate(find_patients(clinic, "", limit=_MOST, archived=True)):
        if row.id in covered or place % _PAYS_ALONE == 0:
            continue
        payers.save_coverage(
            clinic,
            Coverage(
                patient_id=row.id,
                payer_id=payer_ids[place % len(payer_ids)],
                member_number=f"MADE-UP-{row.mrn}",
                since=min(episode.start for episode in episodes_of(clinic, row.id)),
            ),
        )


def _cover(clinic: OpenClinic, entry: dict[str, Any]) -> int:
    """Store what the sample file says of a patient's cover, and give the patient's id."""
    payer = payers.add_payer(clinic, Payer(name=entry["payer"]))
    episode = _episode(clinic, entry["mrn"])
    covered = payers.save_coverage(
        clinic,
        Coverage(
            patient_id=episode.patient_id,
            payer_id=payer.id or 0,
            member_number=entry["member_number"],
            since=episode.start,
        ),
    )
    if "visits" in entry:
        leave = Authorization(
            coverage_id=covered.id or 0,
            number=f"{entry['member_number']}-A",
            visits=entry["visits"],
            since=episode.start,
            until=clinic.today() + timedelta(weeks=6),
        )
        payers.save_authorization(clinic, leave)
    return episode.patient_id


def _change_goals(clinic: OpenClinic, episode: EpisodeOfCare) -> None:
    """The first goal is met, the second pursued until later."""
    first, second, *others = episode.goals
    due = clinic.today() + timedelta(weeks=5)
    later = revised(second, second.target, due, "two visits a week were not possible for a month")
    change_episode(
        clinic,
        replace(
            episode,
            goals=(met(first, "lifts a 10 kg box from the floor at two visits in a row"), later, *others),
        ),
    )
