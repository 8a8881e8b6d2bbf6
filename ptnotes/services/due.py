"""What is due, in one episode and in the whole clinic, by the rules of whoever pays."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from heapq import nsmallest

from ptnotes.db.audit import Writing as Reading
from ptnotes.db.due import OpenEpisode, open_episodes, payer_of_episode
from ptnotes.db.overview import patients_by_id
from ptnotes.db.payers import rules_by_payer
from ptnotes.domain.due import DueKind, DueRules, Found, due_list, found_due, pressing_first, told
from ptnotes.domain.payers import PayerRules
from ptnotes.domain.permissions import Act
from ptnotes.domain.views import ClinicDue, DueRow, EpisodeDue
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require


def due_of_episode(clinic: OpenClinic, episode_id: int) -> EpisodeDue:
    """What is due in an episode and by whose rules; nothing where it has ended."""
    require(clinic, Act.VIEW_NOTES)
    with clinic.store.read() as connection:
        found = next(open_episodes(connection, clinic.today(), clinic.zone, episode_id), None)
        by_payer = rules_by_payer(connection)
    if found is None:
        return EpisodeDue()
    rules = by_payer.get(found.payer_id, by_payer[None])
    return EpisodeDue(due_list(found.facts, clinic.today(), rules.due), rules.name)


def most_pressing_due(clinic: OpenClinic, limit: int, *, without: Collection[DueKind] = ()) -> ClinicDue:
    """What is most pressing in all open episodes, at most `limit` rows, and how much there is in all.

    Kinds in `without` are left out, where they are listed elsewhere.
    """
    require(clinic, Act.VIEW_NOTES)
    today = clinic.today()
    count = 0

    def everything(connection: Reading) -> Iterator[tuple[int, date, int, int, Found, OpenEpisode, DueRules]]:
        nonlocal count
        by_payer = rules_by_payer(connection)
        asked = any(one.due.re_evaluation_days is not None for one in by_payer.values())
        for episode in open_episodes(connection, today, clinic.zone, with_evaluations=asked):
            rules = by_payer.get(episode.payer_id, by_payer[None]).due
            for number, one in enumerate(found_due(episode.facts, today, rules)):
                if one.kind not in without:
                    count += 1
                    yield pressing_first(one), one.on or today, episode.id, number, one, episode, rules

    with clinic.store.read() as connection:
        shown = nsmallest(limit, everything(connection))
        patients = patients_by_id(connection, {episode.patient_id for *_, episode, _rules in shown})
    rows = tuple(
        DueRow(patients[episode.patient_id], episode.id, told(one, episode.facts, today, rules))
        for *_, one, episode, rules in shown
    )
    return ClinicDue(rows, count)


def counting_rules(clinic: OpenClinic, episode_id: int) -> PayerRules:
    """The rules by which the minutes of an episode's visits become units: the payer's, else the clinic's own."""
    require(clinic, Act.VIEW_NOTES)
    with clinic.store.read() as connection:
        by_payer = rules_by_payer(connection)
        payer_id = payer_of_episode(connection, episode_id, clinic.today())
    return by_payer.get(payer_id, by_payer[None])
