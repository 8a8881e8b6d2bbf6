"""Where a clinic's file may lie: on a disk of this machine, in a folder that nothing else copies about.

SQLite's log needs memory that all programs on the file share, and locks that hold; network file systems give neither
reliably (https://www.sqlite.org/wal.html, https://www.sqlite.org/howtocorrupt.html, section 2). A program that
synchronises a folder copies the database and its log at different moments, and puts an old one back over a new one.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path, PureWindowsPath

from ptnotes.domain.errors import EnvironmentFault

_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = frozenset(
    {
        "nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "afpfs", "webdav", "9p", "afs", "ceph", "coda", "davfs", "gfs2",
        "glusterfs", "lustre", "ncpfs", "ocfs2", "prl_fs", "vboxsf", "vmhgfs",
        "fuse.sshfs", "fuse.davfs2", "fuse.glusterfs", "fuse.gvfsd-fuse", "fuse.rclone", "fuse.s3fs", "fuse.curlftpfs",
        "fuse.smbnetfs", "fuse.onedriver", "fuse.google-drive-ocamlfuse", "fuse.gcsfuse", "fuse.ceph",
        "fuse.vmhgfs-fuse", "fuse.kio-fuse",
    }
)  # fmt: skip
"""File systems that lie on another machine, or on the machine around a virtual one."""
_SYNCED_NAME = re.compile(
    r"Dropbox( \(.*\))?|OneDrive([ -].*)?|Google ?Drive([ -].*)?|My Drive|Shared drives|iCloud ?Drive"
    r"|Mobile Documents|com~apple~CloudDocs|CloudStorage|pCloud ?Drive|Box Sync|Proton ?Drive|Nextcloud|ownCloud"
    r"|SynologyDrive|MEGAsync|Yandex\.Disk|Tresorit",
    re.IGNORECASE,
)
_SYNCED_MARKS = (
    ".dropbox", ".dropbox.cache", ".tmp.drivedownload", ".tmp.driveupload", ".nextcloudsync.log", ".owncloudsync.log",
    ".stfolder",
)  # fmt: skip
"""What Dropbox, Google Drive, Nextcloud, ownCloud and Syncthing leave in the top folder of what they copy."""
_SYNCED_VARIABLES = ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")
_WINDOWS_REMOTE_DRIVE = 4


def require_own_disk(
    path: Path, *, mounts: str | None = None, environment: Mapping[str, str] = os.environ
) -> None:
    """Raise `EnvironmentFault` ("folder.network", "folder.synced") where a clinic's file must not lie at `path`.

    A link is looked at as it is named and where it leads. `mounts` is the system's list of mounts (Linux:
    ``/proc/self/mountinfo``; macOS: what ``mount`` says), read where it is None.
    """
    whole = path.absolute()
    real = _real(whole)
    if sys.platform == "win32":
        remote = any(on_windows_network(str(one), _windows_drive) for one in (whole, real))
    else:
        remote = on_network(real, _mounts() if mounts is None else mounts)
    if remote:
        raise EnvironmentFault("folder.network", path=str(whole.parent))
    synced = [Path(environment[name]) for name in _SYNCED_VARIABLES if environment.get(name)]
    for folder in dict.fromkeys((*whole.parents, *real.parents)):
        marked = any(_is_there(folder / mark) for mark in _SYNCED_MARKS)
        if folder in synced or marked or _SYNCED_NAME.fullmatch(folder.name):
            raise EnvironmentFault("folder.synced", path=str(folder))


def on_network(real: Path, mounts: str) -> bool:
    """Whether a path without links lies on another machine's disk, by a list of mounts of Linux or macOS."""
    kinds: dict[Path, str] = {}
    for line in mounts.splitlines():
        before, dash, after = line.partition(" - ")
        fields = before.split(" ")
        if dash and len(fields) > 4:
            # The system writes a space in a name as an octal number; a later mount lies over an earlier one.
            name = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[4])
            kinds[Path(name)] = after.split(" ")[0]
        elif told := re.fullmatch(r".* on (/.*) \((\w+)[,)].*", line):
            kinds[Path(told[1])] = told[2]
    return next((kinds[folder] for folder in (real, *real.parents) if folder in kinds), "") in _NETWORK


def on_windows_network(path: str, drive_kind: Callable[[str], int]) -> bool:
    r"""Whether a path of Windows is a share's (``\\server\share``) or on a drive that `drive_kind` calls remote (4)."""
    plain = path
    for prefix, meant in (("\\\\?\\UNC\\", "\\\\"), ("\\\\?\\", ""), ("\\\\.\\", "")):
        if path.upper().startswith(prefix):
            plain = meant + path[len(prefix) :]
            break
    if plain.startswith(("\\\\", "//")):
        return True
    return drive_kind(PureWindowsPath(plain).anchor) == _WINDOWS_REMOTE_DRIVE


if sys.platform == "win32":

    def _windows_drive(anchor: str) -> int:
        import ctypes  # noqa: PLC0415 - only there is

        return int(ctypes.windll.kernel32.GetDriveTypeW(anchor))


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (
        OSError,
        RuntimeError,
    ):  # links that lead around in a circle, or a folder that may not be looked into
        return path


def _is_there(mark: Path) -> bool:
    try:
        return mark.exists()
    except OSError:  # a folder that may not be looked into; opening what is in it says so
        return False


def _mounts() -> str:
    try:
        if sys.platform == "darwin":
            return subprocess.run(
                ["/sbin/mount"], capture_output=True, text=True, check=False, timeout=5
            ).stdout
        return _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except (OSError, subprocess.SubprocessError):
        return ""
