"""What is done to a clinic while its process is killed, and what must hold afterwards.

Each act has a `prepare`, which is never killed, a `run`, which says on a pipe what it was told is done, and a `check`,
which opens the files as the next start would and gives what was lost, as sentences.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from ptnotes.db.backup import MANIFEST
from ptnotes.db.kdf import Kdf
from ptnotes.db.keyfile import key_path, read_keys, unlock
from ptnotes.db.schema import SCHEMA_VERSION
from ptnotes.db.snapshot import examine
from ptnotes.db.store import connect, raw_key
from ptnotes.domain.backup import BackupPlan
from ptnotes.domain.errors import AccessError, PtNotesError
from ptnotes.domain.people import Person, Role
from ptnotes.domain.treatment import NoteState
from ptnotes.services.backup import (
    back_up_if_due,
    backup_clinic,
    backup_state,
    plan_backups,
)
from ptnotes.services.opening import (
    OpenClinic,
    change_passphrase,
    create_clinic,
    open_clinic,
    recover_clinic,
)
from ptnotes.services.patients import add_patient
from ptnotes.services.people import (
    add_person,
    change_person,
    give_new_passphrase,
    make_recovery_key,
    people,
    remove_person,
)
from ptnotes.services.restore import restore_clinic, verify_clinic
from ptnotes.services.signing import sign_note
from ptnotes.services.visits import load_session, save_draft, start_session
from tests.clinics import CLINIC, PASSPHRASE, PATIENT, PERSON
from tests.clock import START, FixedClock
from tests.migrations.stored import HERE as STORED
from tests.migrations.stored import KEY, stored_file
from tests.signing import clinic_with_episode, whole

Say = Callable[[str], None]
Look = Callable[[OpenClinic], list[str]]
LEAST = Kdf()
OTHERS = "seven copper lanterns drift"
NEW = "eleven brown foxes nap softly"


@dataclass(frozen=True)
class Round:
    """One try: where, the how many-th, and what `prepare` said and `run` was told was done."""

    folder: Path
    number: int
    before: frozenset[str] = frozenset()
    said: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        return self.folder / "clinic.ptnotes"

    def clock(self) -> FixedClock:
        """A clock at which each round comes a quarter of a day after the one before."""
        return FixedClock(START + timedelta(hours=6 * self.number))

    @property
    def stick(self) -> Path:
        return self.folder / "stick"

    @property
    def paper(self) -> Path:
        """Where the recovery key is written down."""
        return self.folder / "paper"


@dataclass(frozen=True)
class Act:
    """Something that changes the files."""

    prepare: Callable[[Round], frozenset[str]]
    run: Callable[[Round, Say], None]
    check: Callable[[Round], list[str]]


def opened(at: Round, passphrase: str = PASSPHRASE, user: str | None = PERSON.name) -> OpenClinic:
    return open_clinic(at.path, passphrase, user, clock=at.clock())


def data_key(path: Path) -> str:
    """The key that SQLCipher takes for the file at `path`."""
    unlocked = unlock(read_keys(key_path(path)), PASSPHRASE, PERSON.name, key_path(path))
    return raw_key(unlocked.data_key, unlocked.keys.file_id)


def mrns(path: Path) -> frozenset[str]:
    """Which patients a file holds, without a change to it."""
    connection = connect(path, data_key(path), query_only=True)
    with closing(connection):
        return frozenset(row[0] for row in connection.execute("SELECT mrn FROM patient"))


def found(at: Round) -> frozenset[str]:
    """Make the clinic in the first round; say in each what it holds."""
    if not at.path.exists():
        at.stick.mkdir(parents=True, exist_ok=True)
        clinic, _ = clinic_with_episode(at.folder, FixedClock())
        clinic.close()
    return mrns(at.path)


def sound(at: Round, look: Look | None = None, *, has_history: bool = True) -> list[str]:
    """What is wrong: the files have to be whole, every signature to verify, and nothing that was saved may be gone.

    `look` tells of more that is wrong in the opened clinic. `has_history` is false for a file whose audit is made up,
    and never was one that verifies.
    """
    problems = []
    if at.number % 2:
        # In every other round before the file is opened, which would finish what was begun.
        problems += read_through(at, has_history=has_history)
    with closing(opened(at)) as clinic:
        if clinic.audit_is_doubted:
            problems.append("the audit lacks what the key file knows of it")
        if look is not None:
            problems += look(clinic)
    if not at.number % 2:
        problems += read_through(at, has_history=has_history)
    lost = at.before - mrns(at.path)
    return problems + [f"patient {mrn} is gone" for mrn in sorted(lost)]


def read_through(at: Round, *, has_history: bool) -> list[str]:
    """What a look through the whole file finds."""
    proof = verify_clinic(at.path, PASSPHRASE, PERSON.name)
    if not has_history:
        # Before the upgrade nobody looks after the clinic, and may see its audit.
        return [] if proof.notes is None else [str(problem) for problem in proof.notes.problems]
    if proof.notes is None or proof.audit is None:
        return ["whoever looks after the clinic may not see its notes and its audit"]
    return [str(problem) for problem in (*proof.notes.problems, *proof.audit.problems)]


def save(at: Round, say: Say) -> None:
    with closing(opened(at)) as clinic:
        for number in range(2):
            mrn = f"s{at.number}-{number}"
            add_patient(clinic, replace(PATIENT, mrn=mrn))
            say(mrn)
        session = start_session(clinic, 1, clinic.today())
        for words in ("one", "two", "three"):
            said = replace(session.note, subjective=f"{at.number} {words}")
            session = save_draft(clinic, replace(session, note=said))
            say(f"visit {session.id} {session.revision}")


def check_saved(at: Round) -> list[str]:
    def look(clinic: OpenClinic) -> list[str]:
        lost = []
        for said in at.said:
            if said.startswith("visit "):
                _, session_id, revision = said.split()
                if load_session(clinic, int(session_id)).revision < int(revision):
                    lost.append(f"revision {revision} of a visit is gone")
        return lost

    return sound(replace(at, before=at.before | {said for said in at.said if " " not in said}), look)


def sign(at: Round, say: Say) -> None:
    with closing(opened(at)) as clinic:
        session = save_draft(clinic, whole(start_session(clinic, 1, clinic.today())))
        say(f"draft {session.id}")
        sign_note(clinic, session.id or 0, session.revision, PASSPHRASE)
        say(f"signed {session.id}")


def check_signed(at: Round) -> list[str]:
    def look(clinic: OpenClinic) -> list[str]:
        lost = []
        for said in at.said:
            word, _, session_id = said.partition(" ")
            if load_session(clinic, int(session_id)).state is NoteState.DRAFT and word == "signed":
                lost.append("a signature is gone")
        return lost

    return sound(at, look)


def no_clinic(at: Round) -> frozenset[str]:
    for file in at.folder.glob("clinic.ptnotes*"):
        file.unlink()
    return frozenset()


def create(at: Round, say: Say) -> None:
    create_clinic(at.path, CLINIC, PERSON, PASSPHRASE, clock=FixedClock(), kdf=LEAST).close()
    say("made")


def check_created(at: Round) -> list[str]:
    try:
        opened(at).close()
    except PtNotesError as error:
        if at.said:
            return [f"the clinic made does not open: {error.code}"]
        create(at, lambda _said: None)
    return sound(at)


def new_passphrase(at: Round, say: Say) -> None:
    with closing(opened(at)) as clinic:
        change_passphrase(clinic, PASSPHRASE, NEW, kdf=LEAST)
        say("changed")


def check_passphrase(at: Round) -> list[str]:
    """Either passphrase may hold until the change was told; then the new one. It is changed back for the next round."""
    try:
        opened(at).close()
    except AccessError:
        with closing(opened(at, NEW)) as clinic:
            change_passphrase(clinic, NEW, PASSPHRASE, kdf=LEAST)
        return sound(at)
    return sound(at) + (["the old passphrase still opens it"] if at.said else [])


def newcomer(at: Round) -> Person:
    return Person(name=f"Newcomer {at.number}", credentials="PT", role=Role.THERAPIST)


def add_slot(at: Round, say: Say) -> None:
    with closing(opened(at)) as clinic:
        add_person(clinic, newcomer(at), OTHERS, kdf=LEAST)
        say("added")


def check_added(at: Round) -> list[str]:
    if at.said:
        opened(at, OTHERS, newcomer(at).name).close()
    return sound(at)


def with_newcomer(at: Round) -> frozenset[str]:
    before = found(at)
    add_slot(at, lambda _said: None)
    return before


def remove_slot(at: Round, say: Say) -> None:
    with closing(opened(at)) as clinic:
        person = next(person for person in people(clinic) if person.name == newcomer(at).name)
        remove_person(clinic, person.id or 0)
        say("removed")


def check_removed(at: Round) -> list[str]:
    lost = sound(at)
    try:
        opened(at, OTHERS, newcomer(at).name).close()
    except AccessError:
        return lost
    if at.said:
        lost.append("who was removed still opens it")
    else:
        remove_slot(at, lambda _said: None)
    return lost + sound(at)


def renew_slot(at: Round, say: Say) -> None:
    with closing(opened(at)) as clinic:
        person = next(person for person in people(clinic) if person.name == newcomer(at).name)
        give_new_passphrase(clinic, person.id or 0, NEW, kdf=LEAST)
        say("given")


def check_renewed(at: Round) -> list[str]:
    if at.said:
        opened(at, NEW, newcomer(at).name).close()
    return sound(at)


def recovery(at: Round, say: Say) -> None:
    with closing(opened(at)) as clinic:
        say(make_recovery_key(clinic, kdf=LEAST))


def check_recovery(at: Round) -> list[str]:
    """The key that was shown opens the file; and a new one can be made."""
    lost = sound(at)
    shown = list(at.said)
    if not shown:
        recovery(at, shown.append)
    recover_clinic(at.path, shown[0], PERSON.name, PASSPHRASE, clock=at.clock(), kdf=LEAST).close()
    return lost + sound(at)


def with_recovery_key(at: Round) -> frozenset[str]:
    before = found(at)
    if not at.paper.exists():
        shown: list[str] = []
        recovery(at, shown.append)
        at.paper.write_text(shown[0])
    return before


def recover(at: Round, say: Say) -> None:
    recover_clinic(at.path, at.paper.read_text(), PERSON.name, NEW, clock=at.clock(), kdf=LEAST).close()
    say("recovered")


def check_recovered(at: Round) -> list[str]:
    """Either passphrase may hold until the new one was told; the recovery key always does."""
    lost = []
    try:
        opened(at).close()
        if at.said:
            lost.append("the old passphrase still opens it")
    except AccessError:
        opened(at, NEW).close()
    recover_clinic(
        at.path, at.paper.read_text(), PERSON.name, PASSPHRASE, clock=at.clock(), kdf=LEAST
    ).close()
    return lost + sound(at)


def rename_person(at: Round, say: Say) -> None:
    with closing(opened(at)) as clinic:
        person = next(person for person in people(clinic) if person.name == newcomer(at).name)
        change_person(clinic, replace(person, name=f"Renamed {at.number}"))
        say("renamed")


def check_renamed(at: Round) -> list[str]:
    """The newcomer gets in by one of the two names; by the new one where it was told."""
    try:
        opened(at, OTHERS, f"Renamed {at.number}").close()
    except AccessError:
        opened(at, OTHERS, newcomer(at).name).close()
        return [*sound(at), *(["the new name is not that at the door"] if at.said else [])]
    return sound(at)


def back_up(at: Round, say: Say) -> None:
    with closing(opened(at)) as clinic:
        say(backup_clinic(clinic, at.stick).folder.name)


def is_whole(folder: Path) -> bool:
    """Whether a folder is a backup: neither half made nor half removed."""
    return not folder.name.endswith(".part") and (folder / MANIFEST).exists()


def check_backed_up(at: Round) -> list[str]:
    lost = sound(at)
    whole_ones = {folder.name for folder in at.stick.iterdir() if is_whole(folder)}
    lost += [f"backup {name} is gone" for name in at.said if name not in whole_ones]
    for name in whole_ones:
        verify_clinic(at.stick / name, PASSPHRASE, PERSON.name)
    if at.said and not mrns(at.stick / at.said[0] / at.path.name) >= at.before:
        lost.append("a backup lacks patients")
    for folder in at.stick.iterdir():
        # Of each round so many only that an act stays as long as it is.
        if folder.name not in sorted(whole_ones)[-2:]:
            shutil.rmtree(folder)
    return lost


def with_plan(at: Round) -> frozenset[str]:
    """A plan, a backup of this morning, and a patient who came after it."""
    found(at)
    with closing(opened(at)) as clinic:
        plan_backups(clinic, BackupPlan(at.stick, every_hours=6))
        back_up_if_due(clinic)
        add_patient(clinic, replace(PATIENT, mrn=f"p{at.number}"))
    return mrns(at.path)


def back_up_by_plan(at: Round, say: Say) -> None:
    with closing(opened(at)) as clinic:
        clinic.clock = FixedClock(at.clock().at + timedelta(hours=3))
        state = back_up_if_due(clinic, closing=True)
        if state.record.failed_at is not None:
            raise RuntimeError(state.record.fault)
        say(max(folder.name for folder in at.stick.iterdir() if is_whole(folder)))


def check_backed_up_by_plan(at: Round) -> list[str]:
    """What the rule took away was not the newest, and the plan is still known."""
    lost = check_backed_up(at)
    if backup_state(at.path).plan.folder != at.stick:
        lost.append("the plan of backups is gone")
    newest = max(folder for folder in at.stick.iterdir() if is_whole(folder))
    if at.before - mrns(newest / at.path.name) - {f"p{at.number}"}:
        lost.append("no backup holds what was charted before")
    return lost


def with_older_backup(at: Round) -> frozenset[str]:
    """One backup, and a patient who came after it."""
    found(at)
    with closing(opened(at)) as clinic:
        if not any(at.stick.iterdir()):
            backup_clinic(clinic, at.stick)
        add_patient(clinic, replace(PATIENT, mrn=f"after{at.number}"))
    return mrns(at.path)


def restore(at: Round, say: Say) -> None:
    (backup,) = at.stick.iterdir()
    say(f"kept {restore_clinic(backup, at.path, PASSPHRASE, PERSON.name).kept}")


def check_restored(at: Round) -> list[str]:
    (backup,) = at.stick.iterdir()
    lost = sound(replace(at, before=frozenset()))
    restored, now = mrns(backup / at.path.name), mrns(at.path)
    if now == restored:
        # The latest of those kept; each has a patient more than the backup.
        kept = max(at.folder.glob("clinic.ptnotes.before-*[0-9]"), default=None)
        if kept is None or at.before - mrns(kept):
            lost.append("what was there before is not kept whole")
        for file in at.folder.glob("clinic.ptnotes.before-*"):
            file.unlink()
    elif now != at.before or at.said:
        lost.append("the clinic is neither as before nor as in the backup")
    return lost


def first_release(at: Round) -> frozenset[str]:
    """A clinic of the first schema, with a key file of the first format; give how many rows each table has."""
    no_clinic(at)
    path = stored_file(at.folder, 1)
    shutil.copy2(STORED / "first.keys", key_path(path))
    connection = connect(path, KEY)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    return frozenset(f"{table} {count}" for table, count in examine(path, KEY).rows.items())


def upgrade(at: Round, say: Say) -> None:
    with closing(opened(at)):
        say("upgraded")


def check_upgraded(at: Round) -> list[str]:
    problems = []
    keys = read_keys(key_path(at.path))
    if at.said and (keys.first is not None or examine(at.path, KEY).schema == 1):
        problems.append("the upgrade is gone")
    problems += sound(replace(at, before=frozenset()), has_history=False)
    kept = at.path.with_name(f"{at.path.name}.before-0002")
    unlock(read_keys(key_path(kept)), PASSPHRASE, PERSON.name, key_path(kept))
    for path, schema in ((kept, 1), (at.path, SCHEMA_VERSION)):
        found = examine(path, KEY)
        for row in sorted(at.before):
            table, _, count = row.rpartition(" ")
            if found.rows.get(table, 0) < int(count):
                problems.append(f"rows of {table} are gone from {path.name}")
        if found.schema != schema:
            problems.append(f"{path.name} is not of schema {schema}")
    return problems


ACTS = {
    "save": Act(found, save, check_saved),
    "sign": Act(found, sign, check_signed),
    "first start": Act(no_clinic, create, check_created),
    "upgrade": Act(first_release, upgrade, check_upgraded),
    "backup": Act(found, back_up, check_backed_up),
    "planned backup": Act(with_plan, back_up_by_plan, check_backed_up_by_plan),
    "restore": Act(with_older_backup, restore, check_restored),
    "passphrase": Act(found, new_passphrase, check_passphrase),
    "slot added": Act(found, add_slot, check_added),
    "slot renamed": Act(with_newcomer, rename_person, check_renamed),
    "slot renewed": Act(with_newcomer, renew_slot, check_renewed),
    "slot removed": Act(with_newcomer, remove_slot, check_removed),
    "recovery key": Act(found, recovery, check_recovery),
    "recovered": Act(with_recovery_key, recover, check_recovered),
}
