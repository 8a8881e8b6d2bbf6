"""Records that leave: whole, of one moment, written down, and never over something else."""

import hashlib
import io
import json
import os
import shutil
import stat
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
import pyzipper
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from ptnotes.db import export as stored
from ptnotes.domain.audit import Subject, Verb
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.errors import AccessError, EnvironmentFault, NotFoundError
from ptnotes.domain.patient import Patient
from ptnotes.domain.people import Permission, Role
from ptnotes.domain.treatment import Note
from ptnotes.exchange.csv_text import read_csv
from ptnotes.exchange.fhir_bundle import bundle_bytes
from ptnotes.exchange.fhir_data import PatientData
from ptnotes.services import export_archive as archives
from ptnotes.services import signing
from ptnotes.services.export_archive import MANIFEST, export_archive, new_archive_key
from ptnotes.services.export_csv import export_csv
from ptnotes.services.export_fhir import export_fhir
from ptnotes.services.history import clinic_history, history_of
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient
from ptnotes.services.visits import discard_draft, save_draft, start_session
from tests.clinics import PASSPHRASE, PATIENT
from tests.clock import FixedClock
from tests.signing import UPA, clinic_with_episode, draft, passphrases_remembered

Case = tuple[OpenClinic, EpisodeOfCare]
SEVEN_ZIP = shutil.which("7zz") or shutil.which("7z") or shutil.which("7za")


@pytest.fixture
def case(tmp_path: Path, clock: FixedClock) -> Iterator[Case]:
    """A clinic in a folder of its own, with one signed visit and one draft."""
    folder = tmp_path / "clinic"
    folder.mkdir()
    clinic, episode = clinic_with_episode(folder, clock)
    with passphrases_remembered():
        first = draft(clinic, episode, date(2026, 2, 20))
        signing.sign_note(clinic, first.id or 0, first.revision, PASSPHRASE)
        second = draft(clinic, episode)
        save_draft(clinic, replace(second, mobilizations=(replace(UPA, targets=("L5", "L3", "L4")),)))
        yield clinic, episode
    clinic.close()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def rows(source: bytes) -> list[dict[str, str]]:
    return list(read_csv(io.BytesIO(source)))


def in_folder(folder: Path, file: str) -> list[dict[str, str]]:
    return rows((folder / f"{file}.csv").read_bytes())


def last_event(clinic: OpenClinic) -> str:
    return clinic_history(clinic)[0].what


def test_every_record_stands_in_a_file_of_its_kind(case: Case, out: Path) -> None:
    clinic, episode = case
    done = export_csv(clinic, out / "all", PASSPHRASE)
    there = {path.stem for path in (out / "all").iterdir()}
    assert there == {*stored.files(), "codes", "dictionary"}
    assert (done.files, done.patients) == (len(there), 1)
    visits = in_folder(out / "all", "visits")
    assert [row["state"] for row in visits] == ["signed", "draft"]
    assert {row["episode"] for row in visits} == {episode.uuid}
    (patient,) = in_folder(out / "all", "patients")
    assert (patient["family_name"], patient["given_name"], patient["mrn"]) == ("Moreau", "Hélène", "000123")
    assert [row["targets"] for row in in_folder(out / "all", "mobilizations")] == ["L5", "L5 L3 L4"]


def test_a_uuid_is_found_in_the_file_that_the_dictionary_names(case: Case, out: Path) -> None:
    clinic, _episode = case
    export_csv(clinic, out / "all", PASSPHRASE)
    uuids = {file: {row.get("uuid", "") for row in in_folder(out / "all", file)} for file in stored.files()}
    looked_at = 0
    for file, columns in stored.files().items():
        for column in (one for one in columns if one.of):
            for row in in_folder(out / "all", file):
                assert row[column.name] in uuids[column.of] | {""}, (file, column.name)
                looked_at += bool(row[column.name])
    assert looked_at > 20


def test_what_was_signed_can_be_proven_from_the_files_alone(case: Case, out: Path) -> None:
    export_csv(case[0], out / "all", PASSPHRASE)
    (content,) = in_folder(out / "all", "signed_contents")
    visit = next(row for row in in_folder(out / "all", "visits") if row["uuid"] == content["visit"])
    digest = hashlib.sha256(content["canonical_form"].encode()).hexdigest()
    assert digest == visit["content_hash"]


def test_rows_of_a_discarded_draft_and_what_stands_in_the_typed_line_are_left_out(
    case: Case, out: Path
) -> None:
    clinic, episode = case
    gone = draft(clinic, episode)
    discard_draft(clinic, gone.id or 0)
    line = start_session(clinic, episode.id or 0)
    save_draft(clinic, replace(line, pending_line="L5 upa"))
    export_csv(clinic, out / "all", PASSPHRASE)
    assert sorted(row["state"] for row in in_folder(out / "all", "visits")) == [
        "discarded", "draft", "draft", "signed",
    ]  # fmt: skip
    for file in ("mobilizations", "services", "rom", "pain", "notes"):
        assert gone.uuid not in {row["visit"] for row in in_folder(out / "all", file)}
    assert {row["section"] for row in in_folder(out / "all", "notes")} == {"subjective", "assessment"}


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30),
    text=st.text(st.characters(exclude_categories=["C"], include_characters="\n\t"), max_size=200),
    count=st.integers(1, 3),
)
def test_any_text_comes_back_as_it_was_stored(
    case: Case, out: Path, name: str, text: str, count: int
) -> None:
    clinic, episode = case
    mrn = f"={len(list(out.iterdir()))}"
    kept = add_patient(
        clinic, Patient(mrn=mrn, family_name=name, given_name="+1", birth_date=date(1990, 1, 31))
    )
    notes = {}
    for _visit in range(count):
        started = start_session(clinic, episode.id or 0)
        saved = save_draft(clinic, replace(started, note=Note(plan=text)))
        notes[saved.uuid] = saved.note.plan
    folder = out / f"{len(list(out.iterdir()))}"
    export_csv(clinic, folder, PASSPHRASE)
    mine = next(row for row in in_folder(folder, "patients") if row["uuid"] == kept.uuid)
    assert (mine["family_name"], mine["given_name"], mine["mrn"]) == (kept.family_name, "+1", mrn)
    plans = {row["visit"]: row["text"] for row in in_folder(folder, "notes") if row["section"] == "plan"}
    assert {uuid: plans.get(uuid, "") for uuid in notes} == notes


def test_files_are_readable_by_their_owner_alone(case: Case, out: Path) -> None:
    clinic, episode = case
    before = os.umask(0o022)
    try:
        bundle = export_fhir(clinic, episode.patient_id, out / "p.json")
        archive = export_archive(clinic, out / "a.zip", PASSPHRASE).path
        export_csv(clinic, out / "all", PASSPHRASE)
    finally:
        os.umask(before)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (bundle, archive, out / "all")] == [
        0o600, 0o600, 0o700,
    ]  # fmt: skip


def test_a_folder_that_holds_something_is_left_as_it_is(case: Case, out: Path) -> None:
    (out / "mine.txt").write_text("mine")
    for taken in (out, out / "mine.txt"):
        with pytest.raises(EnvironmentFault, match=r"export\.not_empty"):
            export_csv(case[0], taken, PASSPHRASE)
    with pytest.raises(EnvironmentFault, match=r"folder\.missing"):
        export_csv(case[0], out / "none" / "all", PASSPHRASE)
    assert [path.name for path in out.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_filled(case: Case, out: Path) -> None:
    export_csv(case[0], out, PASSPHRASE)
    assert (out / "patients.csv").exists()


def test_the_bundle_of_a_patient_is_written_and_told_in_their_history(case: Case, out: Path) -> None:
    clinic, episode = case
    made = json.loads(export_fhir(clinic, episode.patient_id, out / "p.json").read_bytes())
    kinds = [entry["resource"]["resourceType"] for entry in made["entry"]]
    assert kinds.count("Encounter") == 2
    assert kinds.count("Provenance") == 1
    assert kinds.count("AuditEvent") > 0
    assert history_of(clinic, episode.patient_id)[0].what == (
        "saved the patient’s record as a file: FHIR, not encrypted"
    )


def test_who_may_not_see_who_did_what_gets_it_in_no_bundle(case: Case, out: Path) -> None:
    clinic, episode = case
    therapist = replace(clinic, person=replace(clinic.person, granted=frozenset()))
    made = json.loads(export_fhir(therapist, episode.patient_id, out / "p.json").read_bytes())
    assert "AuditEvent" not in {entry["resource"]["resourceType"] for entry in made["entry"]}


def test_a_patient_who_is_not_there_leaves_no_file(case: Case, out: Path) -> None:
    with pytest.raises(NotFoundError):
        export_fhir(case[0], 999, out / "p.json")
    assert list(out.iterdir()) == []


def test_a_file_is_replaced_only_where_that_is_asked_for_and_it_is_an_earlier_export(
    case: Case, out: Path
) -> None:
    clinic, episode = case
    bundle = export_fhir(clinic, episode.patient_id, out / "p.json")
    archive = export_archive(clinic, out / "a.zip", PASSPHRASE).path
    before = [bundle.read_bytes(), archive.read_bytes()]
    with pytest.raises(EnvironmentFault, match=r"export\.exists"):
        export_fhir(clinic, episode.patient_id, bundle)
    with pytest.raises(EnvironmentFault, match=r"export\.exists"):
        export_archive(clinic, archive, PASSPHRASE)
    for slip in (clinic.path, clinic.path.with_name(clinic.path.name + ".keys"), bundle):
        with pytest.raises(EnvironmentFault, match=r"export\.replaces"):
            export_archive(clinic, slip, PASSPHRASE, replace=True)
    with pytest.raises(EnvironmentFault, match=r"export\.replaces"):
        export_fhir(clinic, episode.patient_id, archive, replace=True)
    assert [bundle.read_bytes(), archive.read_bytes()] == before
    export_fhir(clinic, episode.patient_id, bundle, replace=True)
    export_archive(clinic, archive, PASSPHRASE, replace=True)
    assert bundle.read_bytes() != before[0]
    assert archive.read_bytes() != before[1]


def test_an_archive_holds_everything_with_its_digest(case: Case, out: Path) -> None:
    clinic, _episode = case
    add_patient(clinic, replace(PATIENT, mrn="2", family_name="Silva"))
    told: list[tuple[int, int]] = []
    made = export_archive(
        clinic, out / "a.zip", PASSPHRASE, progress=lambda done, total: told.append((done, total))
    )
    assert told == [(1, 2), (2, 2)]
    with pyzipper.AESZipFile(made.path) as archive:
        archive.setpassword(made.key.encode())
        names = archive.namelist()
        manifest = json.loads(archive.read(MANIFEST))
        assert [one["path"] for one in manifest["files"]] == names[:-1]
        assert len(names) == made.files
        for one in manifest["files"]:
            content = archive.read(one["path"])
            assert len(content) == one["bytes"]
            assert hashlib.sha256(content).hexdigest() == one["sha256"]
        assert len(rows(archive.read("csv/patients.csv"))) == manifest["patients"] == made.patients == 2
        assert sum(name.startswith("fhir/") for name in names) == 2
        assert rows(archive.read("csv/dictionary.csv"))[0]["file"] == "clinic"
    assert last_event(clinic) == "took the records of 2 patients out of the program: archive, encrypted"


def test_every_file_of_an_archive_is_encrypted_with_aes_256(case: Case, out: Path) -> None:
    made = export_archive(case[0], out / "a.zip", PASSPHRASE)
    with zipfile.ZipFile(made.path) as archive:
        infos = archive.infolist()
    assert len(infos) == made.files
    for info in infos:
        assert info.flag_bits & 1, info.filename
        # The extra field 0x9901 of WinZip's AES: version 2 hides the checksum, strength 3 is 256 bits.
        field = info.extra[info.extra.index(b"\x01\x99") :]
        assert field[6:8] == b"AE"
        assert field[8] == 3
    whole = made.path.read_bytes()
    assert b"Moreau" not in whole
    assert PATIENT.mrn.encode() not in whole
    for wrong in (b"wrong", PASSPHRASE.encode()):
        with pyzipper.AESZipFile(made.path) as archive, pytest.raises(RuntimeError):
            archive.read(MANIFEST, pwd=wrong)


@pytest.mark.parametrize("from_end", [40, 1])
def test_a_changed_archive_is_refused(case: Case, out: Path, from_end: int) -> None:
    made = export_archive(case[0], out / "a.zip", PASSPHRASE)
    whole = bytearray(made.path.read_bytes())
    with pyzipper.AESZipFile(made.path) as archive:
        info = archive.getinfo("csv/patients.csv")
    name, extra = struct.unpack_from("<HH", whole, info.header_offset + 26)
    end = info.header_offset + 30 + name + extra + info.compress_size
    # A letter of what is in it, or of the code that authenticates it.
    whole[end - from_end] ^= 1
    made.path.write_bytes(whole)
    refused = (pyzipper.BadZipFile, zlib.error)
    with pyzipper.AESZipFile(made.path) as archive, pytest.raises(refused):
        archive.read("csv/patients.csv", pwd=made.key.encode())


def test_an_archive_that_is_not_encrypted_is_a_plain_zip(case: Case, out: Path) -> None:
    made = export_archive(case[0], out / "a.zip", PASSPHRASE, is_encrypted=False)
    assert made.key == ""
    with zipfile.ZipFile(made.path) as archive:
        assert archive.testzip() is None
        assert rows(archive.read("csv/patients.csv"))[0]["family_name"] == "Moreau"
    assert last_event(case[0]).endswith("out of the program: archive, not encrypted")


@pytest.mark.skipif(SEVEN_ZIP is None, reason="7-Zip is not installed")
def test_seven_zip_opens_an_archive(case: Case, out: Path) -> None:
    seven_zip = SEVEN_ZIP or ""
    made = export_archive(case[0], out / "a.zip", PASSPHRASE)
    done = subprocess.run(
        [seven_zip, "t", f"-p{made.key}", str(made.path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
    )
    assert done.returncode == 0, done.stdout
    wrong = subprocess.run(
        [seven_zip, "t", "-pwrong", str(made.path)], capture_output=True, text=True, check=False, timeout=150
    )
    assert wrong.returncode != 0


def test_each_archive_has_a_key_of_its_own() -> None:
    keys = {new_archive_key() for _time in range(50)}
    assert len(keys) == 50
    assert {len(key) for key in keys} == {39}


def test_what_fails_half_way_leaves_nothing_behind_and_nothing_in_the_audit(
    case: Case, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic, _episode = case
    before = clinic_history(clinic)

    def broken(*_arguments: object) -> bytes:
        # What was written so far is there under a private name, and already encrypted.
        (part,) = out.iterdir()
        assert b"Moreau" not in part.read_bytes()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archives, "bundle_bytes", broken)
    with pytest.raises(EnvironmentFault, match=r"disk\.full"):
        export_archive(clinic, out / "a.zip", PASSPHRASE)
    assert list(out.iterdir()) == []
    assert clinic_history(clinic) == before


def test_the_file_is_not_put_in_place_where_it_cannot_be_written_down(
    case: Case, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object, **_more: object) -> None:
        raise EnvironmentFault("disk.full")

    for module in ("fhir", "csv", "archive"):
        monkeypatch.setattr(f"ptnotes.services.export_{module}.log", broken)
    clinic, episode = case
    for attempt in (
        lambda: export_fhir(clinic, episode.patient_id, out / "p.json"),
        lambda: export_csv(clinic, out / "all", PASSPHRASE),
        lambda: export_archive(clinic, out / "a.zip", PASSPHRASE),
    ):
        with pytest.raises(EnvironmentFault, match=r"disk\.full"):
            attempt()
    assert list(out.iterdir()) == []


def test_an_export_is_given_up_when_the_clinic_is_closed(case: Case, out: Path) -> None:
    clinic, _episode = case
    clinic.ending.set()
    for attempt in (
        lambda: export_csv(clinic, out / "all", PASSPHRASE),
        lambda: export_archive(clinic, out / "a.zip", PASSPHRASE),
    ):
        with pytest.raises(EnvironmentFault, match=r"export\.stopped"):
            attempt()
    clinic.ending.clear()
    assert list(out.iterdir()) == []


def test_an_export_tells_how_far_it_is_and_is_stopped_by_whoever_began_it(case: Case, out: Path) -> None:
    clinic, _episode = case
    before = clinic_history(clinic)
    exports: tuple[Callable[..., object], ...] = (
        partial(export_csv, clinic),
        partial(export_archive, clinic),
    )
    for number, export in enumerate(exports):
        there = list(out.iterdir())
        told: list[tuple[int, int]] = []
        asked = partial(bool, told)  # from the first word of progress on

        def tell(done: int, total: int, told: list[tuple[int, int]] = told) -> None:
            told.append((done, total))

        with pytest.raises(EnvironmentFault, match=r"export\.stopped"):
            export(out / str(number), PASSPHRASE, progress=tell, stop=asked)
        assert len(told) == 1, "it went on after it was told to stop"
        assert list(out.iterdir()) == there
        assert clinic_history(clinic) == before
        told.clear()
        export(out / str(number), PASSPHRASE, progress=tell)
        assert told[-1][0] == told[-1][1] == len(told) > 0
        before = clinic_history(clinic)


def test_the_clinic_leaves_only_after_the_passphrase(case: Case, out: Path) -> None:
    clinic, _episode = case
    with pytest.raises(AccessError, match=r"export\.denied"):
        export_archive(clinic, out / "a.zip", "not the passphrase")
    with pytest.raises(AccessError, match=r"export\.denied"):
        export_csv(clinic, out / "all", "not the passphrase")
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.ASSISTANT, Role.FRONT_DESK, Role.STUDENT])
def test_the_whole_clinic_is_not_for_everybody(case: Case, out: Path, role: Role) -> None:
    clinic, _episode = case
    somebody = replace(clinic, person=replace(clinic.person, role=role, granted=frozenset()))
    with pytest.raises(AccessError, match=r"access\.not_allowed"):
        export_csv(somebody, out / "all", PASSPHRASE)
    withheld = replace(clinic.person, role=Role.ADMINISTRATOR, withheld=frozenset({Permission.EXPORT}))
    with pytest.raises(AccessError, match=r"access\.not_allowed"):
        export_archive(replace(clinic, person=withheld), out / "a.zip", PASSPHRASE)
    assert list(out.iterdir()) == []


def test_what_is_exported_is_of_one_moment(case: Case, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clinic, episode = case

    def meanwhile(data: PatientData) -> bytes:
        later = start_session(clinic, episode.id or 0, clinic.today() - timedelta(days=1))
        assert later.id
        return bundle_bytes(data)

    monkeypatch.setattr(archives, "bundle_bytes", meanwhile)
    made = export_archive(clinic, out / "a.zip", PASSPHRASE, is_encrypted=False)
    with zipfile.ZipFile(made.path) as archive:
        bundles = [json.loads(archive.read(name)) for name in archive.namelist() if name.startswith("fhir/")]
        visits = rows(archive.read("csv/visits.csv"))
    encounters = sum(one["resource"]["resourceType"] == "Encounter" for one in bundles[0]["entry"])
    assert encounters == len(visits) == 2


def test_the_event_names_verb_and_subject(case: Case, out: Path) -> None:
    clinic, _episode = case
    export_csv(clinic, out / "all", PASSPHRASE)
    export_csv(clinic, out / "again", PASSPHRASE)
    event = in_folder(out / "again", "audit")[-1]
    assert (event["verb"], event["object_kind"], event["count"]) == (Verb.EXPORTED, Subject.CLINIC, "1")


@pytest.mark.parametrize("kind", ["fhir", "csv", "archive"])
def test_what_leaves_is_taken_back_where_its_event_does_not_last(
    case: Case, out: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    clinic, episode = case
    leave: dict[str, Callable[[], object]] = {
        "fhir": lambda: export_fhir(clinic, episode.patient_id, out / "one", replace=True),
        "csv": lambda: export_csv(clinic, out / "one", PASSPHRASE),
        "archive": lambda: export_archive(clinic, out / "one", PASSPHRASE, replace=True),
    }
    with monkeypatch.context() as patched, passphrases_remembered():
        patched.setattr(Connection, "commit", _has_no_room)
        with pytest.raises(EnvironmentFault, match=r"disk\.full"):
            leave[kind]()
        assert list(out.iterdir()) == []
    if kind == "fhir":
        before = export_fhir(clinic, episode.patient_id, out / "one").read_bytes()
        with monkeypatch.context() as patched:
            patched.setattr(Connection, "commit", _has_no_room)
            with pytest.raises(EnvironmentFault, match=r"disk\.full"):
                leave[kind]()
        assert [path.read_bytes() for path in out.iterdir()] == [before]


def _has_no_room(_connection: Connection) -> None:
    raise EnvironmentFault("disk.full")
