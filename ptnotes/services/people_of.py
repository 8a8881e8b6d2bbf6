"""What can be known of a clinic file before it is opened. Imports neither the store nor its libraries."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path

from ptnotes.domain.errors import EnvironmentFault

SUFFIX = ".ptnotes"
_NEWEST = 2
"""The newest format of a key file that is known."""


def default_clinic_path() -> Path:
    """The clinic's file in the user's data folder; the folder may not exist yet."""
    return user_data_path("PT Notes", appauthor=False) / f"clinic{SUFFIX}"


def clinic_exists(path: Path) -> bool:
    """Whether there is a clinic at `path`, or the remains of one whose database or keys have gone.

    One that may not be looked at is there as well: opening it says what is wrong.
    """
    return any(_is_there(part) for part in (path, _keys(path)))


def people_of(path: Path) -> tuple[str, ...]:
    """The names of the people who can open the clinic at `path`, as its key file lists them; nothing is proven yet.

    Raises `EnvironmentFault`: file.missing, keys.missing, keys.damaged, keys.newer, disk.permission, disk.io.
    """
    import json  # noqa: PLC0415 - the first paint must not wait for it

    keys = _keys(path)
    try:
        document = json.loads(keys.read_bytes())
        if isinstance(document["format"], int) and document["format"] > _NEWEST:
            raise EnvironmentFault("keys.newer", path=str(keys))
        names = tuple(slot["name"] for slot in document["slots"] if slot.get("kind", "person") == "person")
    except FileNotFoundError:
        code, missing = ("keys.missing", keys) if _is_there(path) else ("file.missing", path)
        raise EnvironmentFault(code, path=str(missing)) from None
    except PermissionError:
        raise EnvironmentFault("disk.permission", path=str(keys)) from None
    except OSError as error:
        raise EnvironmentFault("disk.io", path=str(keys)) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise EnvironmentFault("keys.damaged", path=str(keys)) from None
    if not names or not all(isinstance(name, str) for name in names):
        raise EnvironmentFault("keys.damaged", path=str(keys))
    return names


def _is_there(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _keys(path: Path) -> Path:
    return path.with_name(path.name + ".keys")
