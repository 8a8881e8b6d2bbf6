"""Asking the screen, going past a stop with a reason, consent to a thrust, and adverse events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ptnotes.clinical import Reference
from ptnotes.db import screening
from ptnotes.db.audit import Writing
from ptnotes.db.episodes import load_episode
from ptnotes.db.sessions import load_session
from ptnotes.domain.audit import Subject, Verb
from ptnotes.domain.contraindication import (
    AdverseEvent,
    Consent,
    Override,
    Screen,
    charted_against,
    consent_in_force,
    stop_words,
)
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.errors import Fault, InputError, StaleError
from ptnotes.domain.permissions import Act
from ptnotes.domain.screening import (
    BEGUN,
    UNCHANGED,
    Answer,
    AskAgain,
    Scope,
    ScreenAnswer,
    Site,
    answers_at,
    ask_again,
    asked_last_on,
    begins_anew,
    implied_items,
    latest_answers,
    regions_covered,
)
from ptnotes.domain.text import clean_line, clean_note
from ptnotes.domain.treatment import NoteState, TreatmentSession
from ptnotes.domain.views import AgainstRow, EventRow
from ptnotes.services.audit import log, log_change
from ptnotes.services.charting_rights import require_charting
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows, require

_TO_SEE = 100
"""Rows of each list of the home page; nobody reads further down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenView:
    """The screen of an episode as it stands today: what was answered, what it has to cover, and what is implied.

    `implied` are the items that the diagnoses open, each with the condition's label.
    """

    episode: EpisodeOfCare
    screen: Screen
    scope: Scope
    implied: dict[str, str]
    today: date


def episode_screen(clinic: OpenClinic, episode_id: int) -> ScreenView:
    """All that the screen of the episode holds and has to cover. Raises `NotFoundError`."""
    require(clinic, Act.VIEW_NOTES)
    with clinic.store.read() as connection:
        return _read(clinic, connection, episode_id)


def answer_screen(
    clinic: OpenClinic, episode_id: int, answers: Sequence[tuple[str, Answer, Sequence[Site]]]
) -> ScreenView:
    """Store answers to items of the screen (item, answer, sites), and give the screen with them.

    Where the screen has to be asked in full, that it was begun is stored before them, so that older answers count no
    more. Raises `InputError` ("reference.unknown") for an item or a site that the reference data does not have.
    """
    require(clinic, Act.CHART_TREATMENT)
    _require_known(clinic.reference, answers)
    with clinic.store.write() as connection:
        before = _read(clinic, connection, episode_id)
        given = []
        if begins_anew(reasons_to_ask(clinic.reference, before)):
            regions = tuple(Site(region) for region in before.scope.regions)
            words = "\n".join(before.scope.diagnoses)
            given.append(_answer(clinic, before, BEGUN, Answer.NO, regions, words))
        given += [_answer(clinic, before, item, said, tuple(sites)) for item, said, sites in answers]
        screening.add_answers(connection, episode_id, given, clinic.reference.version)
        _log(clinic, connection, Verb.CHANGED, Subject.SCREEN, episode_id, before.episode.patient_id)
        after = _read(clinic, connection, episode_id)
        connection.commit()
    return after


def record_unchanged(clinic: OpenClinic, session_id: int) -> ScreenView:
    """Store that the screen was asked at this visit and nothing has changed since it was asked last.

    Raises `InputError` ("screen.ask_again") where it has to be asked in full.
    """
    require(clinic, Act.CHART_TREATMENT)
    with clinic.store.write() as connection:
        session = load_session(connection, session_id)
        before = _read(clinic, connection, session.episode_id)
        since = asked_last_on(before.screen.answers)
        if since is None or reasons_to_ask(clinic.reference, before, session):
            raise InputError(Fault("screen.ask_again", "screen.item"))
        given = _answer(clinic, before, UNCHANGED, Answer.NO, (), since.isoformat())
        given = replace(given, asked_in=session_id)
        screening.add_answers(connection, session.episode_id, [given], clinic.reference.version)
        _log(clinic, connection, Verb.CHANGED, Subject.SCREEN, session.episode_id, before.episode.patient_id)
        after = _read(clinic, connection, session.episode_id)
        connection.commit()
    return after


def reasons_to_ask(
    reference: Reference, found: ScreenView, session: TreatmentSession | None = None
) -> tuple[AskAgain, ...]:
    """Why the screen has to be asked in full today, also for what a visit that is being charted treats."""
    scope = found.scope
    if session is not None:
        targets = (target for row in session.mobilizations for target in row.targets)
        scope = replace(scope, regions=regions_covered(reference, scope.regions, targets))
    return ask_again(reference, found.screen.answers, scope, found.today)


def give_reason(clinic: OpenClinic, session_id: int, row: int | None, reason: str) -> ScreenView:
    """Store why a mobilization (None: the visit) was done against the screen, for each item that it is against.

    Of the draft as stored: a row that is not stored yet has no reason yet. Raises `InputError` ("override.reason"
    without words, "override.nothing" where it is against nothing), `StaleError` ("visit.not_draft").
    """
    require(clinic, Act.CHART_TREATMENT)
    reason = clean_line(reason, "override.reason").strip()
    if not reason:
        raise InputError(Fault("override.reason", "override.reason"))
    with clinic.store.write() as connection:
        session = load_session(connection, session_id)
        require_charting(clinic, session.kind)
        if session.state is not NoteState.DRAFT:
            raise StaleError("visit.not_draft", session.revision)
        before = _read(clinic, connection, session.episode_id)
        against = charted_against(clinic.reference, before.screen, session)
        one = next((each for each in against if each.row == row), None)
        if one is None:
            raise InputError(Fault("override.nothing", "override.reason"))
        ids = {
            name: said.id for name, said in latest_answers(answers_at(before.screen.answers, session)).items()
        }
        for item in one.items:
            override = Override(
                session_id=session_id,
                answer_id=ids.get(item),
                item=item,
                row=row,
                reason=reason,
                at=clinic.clock(),
                person_id=clinic.person_id,
            )
            screening.add_override(connection, override, session.episode_id)
        on = session.service_date.isoformat()
        patient_id = before.episode.patient_id
        _log(clinic, connection, Verb.MADE, Subject.OVERRIDE, session_id, patient_id, on)
        after = _read(clinic, connection, session.episode_id)
        connection.commit()
    return after


def mark_against_seen(clinic: OpenClinic, override_ids: Sequence[int]) -> None:
    """Write down that whoever opened the clinic looked at what was done against a contraindication."""
    require(clinic, Act.CO_SIGN)
    with clinic.store.write() as connection:
        screening.mark_overrides_seen(connection, override_ids, clinic.person_id, clinic.clock())
        for key in override_ids:
            log(clinic, connection, Verb.VIEWED, Subject.OVERRIDE, key)
        connection.commit()


def give_consent(clinic: OpenClinic, episode_id: int, words: str = "") -> ScreenView:
    """Store that the patient agreed today to thrusts (grade V) in this episode. A consent in force stays as it is.

    Raises `AccessError` for whoever may not chart a thrust.
    """
    require(clinic, Act.CHART_TREATMENT)
    require(clinic, Act.GRADE_V)
    words = clean_note(words, "consent.words")
    with clinic.store.write() as connection:
        before = _read(clinic, connection, episode_id)
        if consent_in_force(before.screen.consents, before.today) is None:
            patient_id = before.episode.patient_id
            consent = Consent(
                patient_id=patient_id,
                episode_id=episode_id,
                words=words,
                given_on=before.today,
                given_to=clinic.person_id,
            )
            stored = screening.add_consent(connection, consent)
            _log(clinic, connection, Verb.MADE, Subject.CONSENT, stored.id or 0, patient_id)
        after = _read(clinic, connection, episode_id)
        connection.commit()
    return after


def withdraw_consent(clinic: OpenClinic, episode_id: int) -> ScreenView:
    """Store that the patient took the consent to thrusts back today; nothing where none is in force."""
    require(clinic, Act.CHART_TREATMENT)
    with clinic.store.write() as connection:
        before = _read(clinic, connection, episode_id)
        consent = consent_in_force(before.screen.consents, before.today)
        if consent is not None:
            screening.withdraw_consent(connection, consent, before.today)
            _log(clinic, connection, Verb.CHANGED, Subject.CONSENT, consent.id or 0, consent.patient_id)
        after = _read(clinic, connection, episode_id)
        connection.commit()
    return after


def report_event(clinic: OpenClinic, event: AdverseEvent) -> AdverseEvent:
    """Store an adverse event, reported by whoever opened the clinic. Raises `InputError`."""
    require(clinic, Act.CHART_TREATMENT)
    checked = _checked(clinic, event)
    with clinic.store.write() as connection:
        patient_id = load_episode(connection, event.episode_id).patient_id
        stored = screening.add_event(connection, checked, clinic.clock(), clinic.person_id)
        _log(clinic, connection, Verb.MADE, Subject.EVENT, stored.id or 0, patient_id)
        connection.commit()
    return stored


def follow_event(clinic: OpenClinic, event: AdverseEvent) -> AdverseEvent:
    """Store what was done about an event, what followed, or that it is closed. Raises `InputError`, `StaleError`."""
    require(clinic, Act.CHART_TREATMENT)
    checked = _checked(clinic, event)
    with clinic.store.write() as connection:
        stored = screening.load_event(connection, event.id or 0)
        patient_id = load_episode(connection, stored.episode_id).patient_id
        changed = screening.change_event(connection, checked)
        _log(clinic, connection, Verb.CHANGED, Subject.EVENT, changed.id or 0, patient_id)
        connection.commit()
    return changed


def against_to_see(clinic: OpenClinic) -> tuple[AgainstRow, ...]:
    """What was done against a contraindication and no supervisor has looked at yet; none where one may not co-sign."""
    if not allows(clinic, Act.CO_SIGN):
        return ()
    with clinic.store.read() as connection:
        rows = screening.overrides_to_see(connection, _TO_SEE)
    return tuple(replace(row, what=stop_words(clinic.reference, row.override.item)) for row in rows)


def events_to_follow(clinic: OpenClinic) -> tuple[EventRow, ...]:
    """Adverse events that are open, of all patients; none where one may not read charts."""
    if not allows(clinic, Act.VIEW_NOTES):
        return ()
    with clinic.store.read() as connection:
        return screening.open_events(connection, _TO_SEE)


def _read(clinic: OpenClinic, connection: Writing, episode_id: int) -> ScreenView:
    reference = clinic.reference
    episode = load_episode(connection, episode_id)
    today = clinic.today()
    known = [row for row in episode.diagnoses if row.until is None or row.until >= today]
    alerting = [response.id for response in reference.responses.values() if response.alert]
    treated = screening.treated_targets(connection, episode_id)
    return ScreenView(
        episode=episode,
        screen=screening.load_screen(connection, episode_id, episode.patient_id, clinic.zone),
        scope=Scope(
            regions=regions_covered(reference, (row.region for row in episode.regions), sorted(treated)),
            diagnoses=tuple(dict.fromkeys(row.code or row.words for row in known)),
            alerted=screening.alerted_on(connection, episode_id, alerting),
        ),
        implied=implied_items(reference, (row.code for row in known)),
        today=today,
    )


def _answer(
    clinic: OpenClinic,
    found: ScreenView,
    item: str,
    answer: Answer,
    sites: tuple[Site, ...],
    words: str = "",
) -> ScreenAnswer:
    return ScreenAnswer(
        item=item,
        answer=answer,
        sites=sites,
        words=words,
        at=clinic.clock(),
        on=found.today,
        person_id=clinic.person_id,
    )


def _require_known(reference: Reference, answers: Iterable[tuple[str, Answer, Sequence[Site]]]) -> None:
    faults = [
        Fault("reference.unknown", "screen.item", values={"value": name[:40]})
        for item, _said, sites in answers
        for name, known in ((item, reference.screening_items), *((site.id, None) for site in sites))
        if (
            name not in known if known is not None else name not in {**reference.targets, **reference.regions}
        )
    ]
    if faults:
        raise InputError(*faults)


def _checked(clinic: OpenClinic, event: AdverseEvent) -> AdverseEvent:
    cleaned = replace(
        event,
        what=clean_note(event.what, "event.what").strip(),
        action=clean_note(event.action, "event.action"),
        follow_up=clean_note(event.follow_up, "event.follow_up"),
    )
    if not cleaned.what:
        raise InputError(Fault("event.what", "event.what"))
    today = clinic.today()
    if cleaned.happened_on > today or (cleaned.closed_on is not None and cleaned.closed_on > today):
        raise InputError(Fault("date.future", "event.happened_on"))
    if cleaned.closed_on is not None and cleaned.closed_on < cleaned.happened_on:
        raise InputError(Fault("event.closed_before", "event.closed_on"))
    return cleaned


def _log(
    clinic: OpenClinic,
    connection: Writing,
    verb: Verb,
    subject: Subject,
    object_id: int,
    patient_id: int,
    detail: str = "",
) -> None:
    if verb is Verb.CHANGED:
        log_change(clinic, connection, subject, object_id, patient_id, detail)
    else:
        log(clinic, connection, verb, subject, object_id, patient_id=patient_id, detail=detail)
