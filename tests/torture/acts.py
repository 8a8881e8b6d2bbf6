"""What is done to a clinic while its process is killed, and what must hold afterwards.

Each act has a `prepare`, which is never killed, a `run`, which says on a pipe what it was told is done, and a `check`,
which opens the files as the next start would and gives what was lost, as sentences.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from ptnotes.db.backup import examine
from ptnotes.db.keyfile import Kdf, key_path, read_keys, unlock
from ptnotes.db.migrate import upgrade_file
from ptnotes.db.store import raw_key
from ptnotes.domain.errors import AccessError, PtNotesError
from ptnotes.domain.people import Person, Role
from ptnotes.domain.treatment import NoteState
from ptnotes.services.backup import backup_clinic, restore_clinic, verify_clinic
from ptnotes.services.opening import OpenClinic, change_passphrase, create_clinic, open_clinic
from ptnotes.services.patients import add_patient, find_patients
from ptnotes.services.people import add_person, give_new_passphrase, make_recovery_key, people, remove_person
from ptnotes.services.signing import sign_note
from ptnotes.services.verification import verify_notes
from ptnotes.services.visits import load_session, save_draft, start_session
from tests.clinics import CLINIC, PASSPHRASE, PATIENT, PERSON
from tests.clock import FixedClock
from tests.signing import clinic_with_episode, whole

Say = Callable[[str], None]
LEAST = Kdf()
OTHERS = "seven copper lanterns drift"
NEW = "eleven brown foxes nap softly"
MIGRATION = '''
"""A change made up to be tortured."""
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table("made_up", sa.Column("id", sa.Integer, primary_key=True))
    with op.batch_alter_table("patient") as patient:
        patient.add_column(sa.Column("made_up", sa.String))
'''


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

    @property
    def stick(self) -> Path:
        return self.folder / "stick"


@dataclass(frozen=True)
class Act:
    """Something that changes the files."""

    prepare: Callable[[Round], frozenset[str]]
    run: Callable[[Round, Say], None]
    check: Callable[[Round], list[str]]


def opened(at: Round, passphrase: str = PASSPHRASE, user: str | None = PERSON.name) -> OpenClinic:
    return open_clinic(at.path, passphrase, user, clock=FixedClock())


def mrns(path: Path) -> frozenset[str]:
    with closing(open_clinic(path, PASSPHRASE, PERSON.name, clock=FixedClock())) as clinic:
        return frozenset(row.mrn for row in find_patients(clinic, "", limit=100_000))


def found(at: Round) -> frozenset[str]:
    """Make the clinic in the first round; say in each what it holds."""
    if not at.path.exists():
        at.stick.mkdir(parents=True, exist_ok=True)
        clinic, _ = clinic_with_episode(at.folder, FixedClock())
        clinic.close()
    return mrns(at.path)


def sound(at: Round) -> list[str]:
    """What must hold after every act: the files are whole, every signed note verifies, nothing saved is gone."""
    verify_clinic(at.path, PASSPHRASE, PERSON.name)
    with closing(opened(at)) as clinic:
        problems = [str(problem) for problem in verify_notes(clinic).problems]
    lost = at.before - mrns(at.path)
    return problems + [f"patient {mrn} is gone" for mrn in sorted(lost)]


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
    lost = sound(replace(at, before=at.before | {said for said in at.said if " " not in said}))
    with closing(opened(at)) as clinic:
        for said in at.said:
            if said.startswith("visit "):
                _, session_id, revision = said.split()
                if load_session(clinic, int(session_id)).revision < int(revision):
                    lost.append(f"revision {revision} of a visit is gone")
    return lost


def sign(at: Round, say: Say) -> None:
    with closing(opened(at)) as clinic:
        session = save_draft(clinic, whole(start_session(clinic, 1, clinic.today())))
        say(f"draft {session.id}")
        sign_note(clinic, session.id or 0, session.revision, PASSPHRASE)
        say(f"signed {session.id}")


def check_signed(at: Round) -> list[str]:
    lost = sound(at)
    with closing(opened(at)) as clinic:
        for said in at.said:
            word, _, session_id = said.partition(" ")
            state = load_session(clinic, int(session_id)).state
            if word == "signed" and state is NoteState.DRAFT:
                lost.append("a signature is gone")
    return lost


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
        make_recovery_key(clinic, kdf=LEAST)
        say("made")


def back_up(at: Round, say: Say) -> None:
    with closing(opened(at)) as clinic:
        say(backup_clinic(clinic, at.stick).folder.name)


def check_backed_up(at: Round) -> list[str]:
    lost = sound(at)
    whole_ones = {folder.name for folder in at.stick.iterdir() if not folder.name.endswith(".part")}
    lost += [f"backup {name} is gone" for name in at.said if name not in whole_ones]
    for name in sorted(whole_ones)[-1:]:
        if verify_clinic(at.stick / name, PASSPHRASE, PERSON.name).patients < len(at.before):
            lost.append("a backup lacks patients")
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
    restored, now = mrns(backup / at.path.name), mrns(at.path)
    lost = sound(replace(at, before=frozenset()))
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


def upgrade(at: Round, say: Say) -> None:
    versions = at.folder / "versions"
    versions.mkdir(exist_ok=True)
    (versions / "0002_made_up.py").write_text(MIGRATION)
    from ptnotes.db.migrate import VERSIONS

    upgrade_file(at.path, key_of(at.path), versions=(*VERSIONS, versions), version=2)
    say("upgraded")


def key_of(path: Path) -> str:
    unlocked = unlock(read_keys(key_path(path)), PASSPHRASE, PERSON.name, key_path(path))
    return raw_key(unlocked.data_key, unlocked.keys.file_id)


def new_clinic(at: Round) -> frozenset[str]:
    no_clinic(at)
    return found(at)


def check_upgraded(at: Round) -> list[str]:
    before = examine(at.path, key_of(at.path))
    if at.said and before.schema != 2:
        return ["the upgrade is gone"]
    if before.schema == 1:
        upgrade(at, lambda _said: None)
    after = examine(at.path, key_of(at.path))
    kept = at.path.with_name(f"{at.path.name}.before-0002")
    problems = [] if after.schema == 2 else ["it does not upgrade any more"]
    if after.patients != len(at.before) or mrns(kept) != at.before:
        problems.append("patients are gone")
    return problems


ACTS = {
    "save": Act(found, save, check_saved),
    "sign": Act(found, sign, check_signed),
    "first start": Act(no_clinic, create, check_created),
    "upgrade": Act(new_clinic, upgrade, check_upgraded),
    "backup": Act(found, back_up, check_backed_up),
    "restore": Act(with_older_backup, restore, check_restored),
    "passphrase": Act(found, new_passphrase, check_passphrase),
    "slot added": Act(found, add_slot, check_added),
    "slot renewed": Act(with_newcomer, renew_slot, check_renewed),
    "slot removed": Act(with_newcomer, remove_slot, check_removed),
    "recovery key": Act(found, recovery, sound),
}
