"""One owner of a file, and where a file may lie."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ptnotes.domain.errors import EnvironmentFault
from ptnotes.services.backup import backup_clinic
from ptnotes.services.opening import create_clinic, open_clinic
from ptnotes.services.owner import is_wanted, owned
from ptnotes.services.place import on_network, on_windows_network, require_own_disk
from ptnotes.services.restore import restore_clinic, verify_clinic
from tests.clinics import CLINIC, PASSPHRASE, PERSON, clinic_in, template
from tests.clock import FixedClock

HOLDER = """
import sys
from pathlib import Path
from ptnotes.services.owner import owned
with owned(Path(sys.argv[1])):
    print("owned", flush=True)
    sys.stdin.read()
"""
MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /mnt/old\\040share rw - nfs4 server:/export rw
31 22 0:41 / /mnt/smb rw - cifs //server/notes rw
32 22 0:42 / /home/sam/remote rw - fuse.sshfs sam@server: rw
33 31 8:2 / /mnt/smb/local rw - ext4 /dev/sdb1 rw
"""


def fault_of(path: Path, mounts: str = "", **environment: str) -> str:
    with pytest.raises(EnvironmentFault) as raised:
        require_own_disk(path, mounts=mounts, environment=environment)
    return raised.value.code


def test_a_file_has_one_owner_and_then_the_next(tmp_path: Path) -> None:
    path = tmp_path / "not made yet" / "clinic.ptnotes"
    with owned(path), pytest.raises(EnvironmentFault) as raised, owned(path):
        pytest.fail("it has two owners")
    assert raised.value.code == "file.open_elsewhere"
    with owned(path), owned(tmp_path / "other.ptnotes"):
        pass


def test_the_lock_of_a_killed_process_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "clinic.ptnotes"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "owned\n"
        with pytest.raises(EnvironmentFault, match=r"file\.open_elsewhere"), owned(path):
            pytest.fail("it has two owners")
        process.kill()
        process.wait()
        with owned(path):
            assert path.with_name("clinic.ptnotes.lock").exists()


def test_a_disk_of_this_machine_is_fine(tmp_path: Path) -> None:
    require_own_disk(tmp_path / "clinic.ptnotes")
    require_own_disk(Path("/home/sam/clinic.ptnotes"), mounts=MOUNTS, environment={})
    require_own_disk(Path("/mnt/smb/local/clinic.ptnotes"), mounts=MOUNTS, environment={})
    require_own_disk(Path("/home/sam/Dropbox notes/clinic.ptnotes"), mounts=MOUNTS, environment={})


@pytest.mark.parametrize(
    "path",
    ["/mnt/old share/clinic.ptnotes", "/mnt/smb/a/b/clinic.ptnotes", "/home/sam/remote/clinic.ptnotes"],
)
def test_a_network_drive_is_refused(path: str) -> None:
    assert fault_of(Path(path), MOUNTS) == "folder.network"


@pytest.mark.parametrize(
    ("path", "is_remote"),
    [
        (r"\\server\notes\clinic.ptnotes", True),
        ("//server/notes/clinic.ptnotes", True),
        (r"\\?\UNC\server\notes\clinic.ptnotes", True),
        (r"Z:\notes\clinic.ptnotes", True),
        (r"\\?\Z:\notes\clinic.ptnotes", True),
        (r"C:\notes\clinic.ptnotes", False),
        (r"\\?\C:\notes\clinic.ptnotes", False),
    ],
)
def test_shares_and_remote_drives_of_windows_are_known(path: str, is_remote: bool) -> None:
    kinds = {"C:\\": 3, "Z:\\": 4}
    assert on_windows_network(path, kinds.__getitem__) is is_remote


def test_network_volumes_of_macos_are_known() -> None:
    mounts = (
        "/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)\n"
        "//sam@server/notes on /Volumes/My notes (smbfs, nodev, nosuid, mounted by sam)\n"
    )
    assert on_network(Path("/Volumes/My notes/clinic.ptnotes"), mounts)
    assert not on_network(Path("/Users/sam/clinic.ptnotes"), mounts)


@pytest.mark.parametrize(
    "folder",
    [
        "Dropbox",
        "Dropbox (Work)",
        "OneDrive",
        "OneDrive - Clinic",
        "OneDrive-Personal",
        "GoogleDrive-sam@example.org",
        "My Drive",
        "iCloudDrive",
        "com~apple~CloudDocs",
        "Nextcloud",
        "Google Drive",
        "Mobile Documents",
        "CloudStorage",
    ],
)
def test_a_folder_that_a_cloud_service_copies_is_refused(tmp_path: Path, folder: str) -> None:
    assert fault_of(tmp_path / folder / "records" / "clinic.ptnotes") == "folder.synced"


def test_a_synced_folder_of_any_name_is_known_by_its_marks(tmp_path: Path) -> None:
    (tmp_path / "mine" / ".stfolder").mkdir(parents=True)
    assert fault_of(tmp_path / "mine" / "clinic.ptnotes") == "folder.synced"
    assert fault_of(tmp_path / "x" / "clinic.ptnotes", OneDrive=str(tmp_path / "x")) == "folder.synced"


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege there")
def test_a_link_is_looked_at_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "Dropbox").mkdir()
    (tmp_path / "notes").symlink_to(tmp_path / "Dropbox")
    assert fault_of(tmp_path / "notes" / "clinic.ptnotes") == "folder.synced"


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege there")
def test_a_file_has_one_owner_by_whichever_name_it_is_called(tmp_path: Path) -> None:
    path, other = tmp_path / "clinic.ptnotes", tmp_path / "links" / "other.ptnotes"
    path.touch()
    other.parent.mkdir()
    other.symlink_to(path)
    with owned(path), pytest.raises(EnvironmentFault, match=r"file\.open_elsewhere"), owned(other):
        pytest.fail("it has two owners")


def test_whoever_waits_for_a_file_is_known_and_gets_it_once_it_is_let_go(tmp_path: Path) -> None:
    path = tmp_path / "clinic.ptnotes"
    begun, asked = threading.Event(), threading.Event()

    def hold() -> None:
        with owned(path):
            begun.set()
            while not is_wanted(path):
                time.sleep(0.01)
            asked.set()

    first = threading.Thread(target=hold, daemon=True)
    first.start()
    assert begun.wait(60)
    with owned(path, wait_s=60):
        assert asked.is_set()
    first.join()
    assert not is_wanted(path)
    with (
        owned(path),
        pytest.raises(EnvironmentFault, match=r"file\.open_elsewhere"),
        owned(path, wait_s=0.3),
    ):
        pytest.fail("it has two owners")
    assert not is_wanted(path)
    # Left behind by a process that was killed.
    wanted = path.with_name("clinic.ptnotes.wanted")
    wanted.touch()
    os.utime(wanted, (1_700_000_000, 1_700_000_000))
    assert not is_wanted(path)


def test_a_backup_goes_where_a_clinic_may_not(tmp_path: Path, clock: FixedClock) -> None:
    (tmp_path / "own").mkdir()
    synced = tmp_path / "OneDrive" / "backups"
    synced.mkdir(parents=True)
    clinic = clinic_in(tmp_path / "own", clock)
    made = backup_clinic(clinic, synced)
    clinic.close()
    # From there it is proven and restored, and opened nowhere but on a disk of this machine.
    assert verify_clinic(made.folder, PASSPHRASE).problems == 0
    restore_clinic(made.folder, tmp_path / "restored.ptnotes", PASSPHRASE)
    with pytest.raises(EnvironmentFault, match=r"folder\.synced"):
        open_clinic(made.database, PASSPHRASE)


def test_a_backup_is_given_up_for_whoever_waits_for_the_file(tmp_path: Path, clock: FixedClock) -> None:
    (tmp_path / "stick").mkdir()
    clinic = clinic_in(tmp_path, clock)
    clinic.path.with_name("clinic.ptnotes.wanted").touch()
    with pytest.raises(EnvironmentFault, match=r"backup\.stopped"):
        backup_clinic(clinic, tmp_path / "stick")
    assert list((tmp_path / "stick").iterdir()) == []
    clinic.close()


def test_a_clinic_is_neither_made_opened_nor_restored_there(tmp_path: Path) -> None:
    synced = tmp_path / "OneDrive"
    synced.mkdir()
    path = template().copy_to(synced)
    with pytest.raises(EnvironmentFault, match=r"folder\.synced"):
        open_clinic(path, PASSPHRASE)
    with pytest.raises(EnvironmentFault, match=r"folder\.synced"):
        create_clinic(synced / "new.ptnotes", CLINIC, PERSON, PASSPHRASE)
    with pytest.raises(EnvironmentFault, match=r"folder\.synced"):
        restore_clinic(path, synced / "new.ptnotes", PASSPHRASE)
    assert not (synced / "new.ptnotes").exists()
    # Carried back to a disk of this machine, nothing is wrong with it.
    open_clinic(template().copy_to(tmp_path), PASSPHRASE).close()
