"""Where a clinic's file may lie: on a disk of this machine, in a folder that nothing else copies about.

SQLite's log needs memory that all programs on the file share, and locks that hold; network file systems give neither
reliably (https://www.sqlite.org/wal.html, https://www.sqlite.org/howtocorrupt.html, section 2). A program that
synchronises a folder copies the database and its log at different moments, and puts an old one back over a new one.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from ptnotes.domain.errors import EnvironmentFault

_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = frozenset(
    {
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "coda", "davfs", "glusterfs", "lustre", "ncpfs",
        "fuse.sshfs", "fuse.davfs2", "fuse.glusterfs", "fuse.gvfsd-fuse", "fuse.rclone", "fuse.s3fs", "fuse.curlftpfs",
        "fuse.smbnetfs", "fuse.onedriver", "fuse.google-drive-ocamlfuse", "fuse.ceph",
    }
)  # fmt: skip
_SYNCED_NAME = re.compile(
    r"Dropbox( \(.*\))?|OneDrive( - .*)?|Google ?Drive|iCloud ?Drive|Mobile Documents|CloudStorage|pCloud ?Drive",
    re.IGNORECASE,
)
_SYNCED_MARKS = (".dropbox", ".dropbox.cache", ".nextcloudsync.log", ".owncloudsync.log", ".stfolder")
"""What Dropbox, Nextcloud, ownCloud and Syncthing leave in the top folder of what they copy."""
_SYNCED_VARIABLES = ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")
_WINDOWS_REMOTE_DRIVE = 4


def require_own_disk(
    path: Path, *, mounts: str | None = None, environment: Mapping[str, str] = os.environ
) -> None:
    """Raise `EnvironmentFault` ("folder.network", "folder.synced") where a clinic's file must not lie at `path`.

    `mounts` is the system's list of mounts (Linux: ``/proc/self/mountinfo``), read where it is None.
    """
    whole = path.absolute()
    if _is_on_network(whole, _mounts() if mounts is None else mounts):
        raise EnvironmentFault("folder.network", path=str(whole.parent))
    synced = [Path(environment[name]) for name in _SYNCED_VARIABLES if environment.get(name)]
    for folder in whole.parents:
        marked = any((folder / mark).exists() for mark in _SYNCED_MARKS)
        if folder in synced or marked or _SYNCED_NAME.fullmatch(folder.name):
            raise EnvironmentFault("folder.synced", path=str(folder))


def _mounts() -> str:
    try:
        return _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""


def _is_on_network(path: Path, mounts: str) -> bool:
    if str(path).startswith("\\\\"):
        return True
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - only there is

        return bool(ctypes.windll.kernel32.GetDriveTypeW(path.anchor) == _WINDOWS_REMOTE_DRIVE)
    kinds: dict[Path, str] = {}
    for line in mounts.splitlines():
        before, dash, after = line.partition(" - ")
        fields = before.split(" ")
        if dash and len(fields) > 4:
            # The system writes a space in a name as an octal number; a later mount lies over an earlier one.
            kinds[Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[4]))] = (
                after.split(" ")[0]
            )
    real = path.resolve()
    return next((kinds[folder] for folder in (real, *real.parents) if folder in kinds), "") in _NETWORK
