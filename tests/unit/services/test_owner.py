"""One owner of a file, and where a file may lie."""

import subprocess
import sys
from pathlib import Path

import pytest

from ptnotes.domain.errors import EnvironmentFault
from ptnotes.services.opening import create_clinic, open_clinic
from ptnotes.services.owner import owned
from ptnotes.services.place import require_own_disk
from ptnotes.services.restore import restore_clinic
from tests.clinics import CLINIC, PASSPHRASE, PERSON, template

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


def test_a_share_by_its_windows_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "absolute", lambda _self: Path("\\\\server\\notes\\clinic.ptnotes"))
    assert fault_of(Path("clinic.ptnotes")) == "folder.network"


@pytest.mark.parametrize(
    "folder",
    [
        "Dropbox",
        "Dropbox (Work)",
        "OneDrive",
        "OneDrive - Clinic",
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
