"""Set up, run, test and measure PT Notes: ``python3 tools/dev.py VERB [ARGS]``.

Standard library only, in words that Python 3.6 can read: it is started with whatever ``python3`` the machine
has, and says in one sentence what is wanting. Everything is installed into ``.venv`` beside the project,
from locks with hashes; what is already there is not installed again.
"""

import ctypes
import hashlib
import json
import os
import shutil
import subprocess
import sys
from typing import Dict, List, Optional

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "ptnotes-setup.json")
OLDEST, NEWEST = (3, 11), (3, 14)
WANTED = "Python 3.11 to 3.14"

# What Qt and its plugins for X11 and Wayland load from the system, and the Debian package that holds it.
QT_LIBRARIES = {
    "libdbus-1.so.3": "libdbus-1-3",
    "libEGL.so.1": "libegl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
# WeasyPrint, which the bench compares with, loads Pango.
BENCH_LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}

USAGE = """usage: python3 tools/dev.py VERB [ARGS]

  setup        install everything into .venv
  run          install what the app needs, and open it; ARGS go to ptnotes
  test         lint, types and all tests; with ARGS, pytest alone with these
  lint         lint, formatting, types and import contracts
  bench        measure, each figure beside its reference; ARGS go to the bench
  torture      kill the app at every point at which it changes its files; ARGS go to the torture
  screenshots  render every screen into build/screenshots
  lock         make the locks in requirements/ again from pyproject.toml (needs uv)
"""


class SetupError(Exception):
    """What the machine lacks, as one sentence."""


def say(text: str) -> None:
    """Print a line at once, so that it stands before what a child process prints."""
    print(text, flush=True)


def run(command: List[str]) -> None:
    """Run a command in the project's folder; raise CalledProcessError where it fails."""
    subprocess.run(command, cwd=ROOT, check=True)


def venv_python() -> str:
    """Tell where the interpreter of .venv is."""
    if os.name == "nt":
        return os.path.join(VENV, "Scripts", "python.exe")
    return os.path.join(VENV, "bin", "python")


def ask(python: List[str], code: str) -> Optional[str]:
    """Give what a Python prints for a line of code, or None where it cannot run it."""
    try:
        done = subprocess.run(
            [*python, "-c", code],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            universal_newlines=True,
        )
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def is_supported(python: List[str]) -> bool:
    """Tell whether this interpreter runs and is of a version we support."""
    answer = ask(python, "import sys; print('%d.%d' % sys.version_info[:2])")
    if answer is None:
        return False
    major, minor = answer.split(".")
    return OLDEST <= (int(major), int(minor)) <= NEWEST


def find_python() -> List[str]:
    """Find a supported Python: this one, else one on the path. Raise SetupError where there is none."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return [sys.executable]
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        candidates = [["python3.%d" % minor]]
        if os.name == "nt":
            candidates.append(["py", "-3.%d" % minor])
        for candidate in candidates:
            if shutil.which(candidate[0]) and is_supported(candidate):
                return candidate
    raise SetupError("PT Notes needs %s; this is Python %d.%d." % ((WANTED,) + sys.version_info[:2]))


def missing_libraries(libraries: Dict[str, str]) -> Dict[str, str]:
    """Give those shared libraries (soname to Debian package) that this Linux cannot load; none elsewhere."""
    missing = {}
    if sys.platform.startswith("linux"):
        for soname, package in libraries.items():
            try:
                ctypes.CDLL(soname)
            except OSError:
                missing[soname] = package
    return missing


def may_install() -> Optional[List[str]]:
    """Give the words before ``apt-get`` that let us install without a question, or None."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        answer = subprocess.run(["sudo", "-n", "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if answer.returncode == 0:
            return ["sudo", "-n"]
    return None


def missing_venv(python: List[str]) -> Dict[str, str]:
    """Give what this Python lacks for making a virtual environment (as it does on a bare Debian)."""
    if ask(python, "import ensurepip, venv") is not None:
        return {}
    version = ask(python, "import sys; print('%d.%d' % sys.version_info[:2])")
    return {"Python's modules venv and ensurepip": "python%s-venv" % version}


def install_system(missing: Dict[str, str]) -> None:
    """Install what the system lacks (to Debian package), or say in one sentence what is wanted."""
    if not missing:
        return
    packages = sorted(set(missing.values()))
    prefix = may_install()
    if prefix is None:
        if shutil.which("apt-get"):
            wanted = "apt-get install " + " ".join(packages)
            raise SetupError("PT Notes needs system packages that only root can install: %s" % wanted)
        raise SetupError("PT Notes needs these on this system: %s." % ", ".join(sorted(missing)))
    say("Installing system packages: " + " ".join(packages))
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    # An index that cannot be refreshed does no harm where the package is known already.
    subprocess.run([*apt, "update"], stdin=subprocess.DEVNULL)
    install = [*apt, "-o", "DPkg::Lock::Timeout=300", "install", "-y", "--no-install-recommends", *packages]
    if subprocess.run(install, stdin=subprocess.DEVNULL).returncode != 0:
        raise SetupError("The system packages could not be installed: " + " ".join(packages))


def make_venv() -> None:
    """See to it that .venv works and that the system has what Qt loads."""
    missing = missing_libraries(QT_LIBRARIES)
    if is_supported([venv_python()]) and ask([venv_python()], "import pip") is not None:
        install_system(missing)
        return
    python = find_python()
    missing.update(missing_venv(python))
    install_system(missing)
    say("Making .venv")
    run([*python, "-m", "venv", "--clear", VENV])


def digest(names: List[str]) -> str:
    """Give one digest of the named files of the project."""
    total = hashlib.sha256()
    for name in names:
        with open(os.path.join(ROOT, name), "rb") as file:
            total.update(file.read())
    return total.hexdigest()


def read_stamp() -> Dict[str, str]:
    """Give what was installed when, as digests; empty where nothing was."""
    try:
        with open(STAMP, encoding="ascii") as file:
            stamp = json.load(file)
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def set_up(lock: str) -> None:
    """Install a lock of requirements/ ("run" or "dev") and the project itself, where not yet done."""
    lock_file = os.path.join("requirements", lock + ".txt")
    wanted = {lock: digest([lock_file]), "project": digest(["pyproject.toml", "setup.py"])}
    stamp = read_stamp()
    # All that is in the run lock is in the dev lock as well.
    if lock == "run" and stamp.get("dev") == digest([os.path.join("requirements", "dev.txt")]):
        del wanted[lock]
    if os.path.exists(venv_python()) and all(stamp.get(key) == value for key, value in wanted.items()):
        return
    make_venv()
    stamp = read_stamp()
    pip = [venv_python(), "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    if lock in wanted and stamp.get(lock) != wanted[lock]:
        say("Installing the libraries of %s" % lock_file)
        run([*pip, "--require-hashes", "--requirement", lock_file])
    run([*pip, "--quiet", "--no-deps", "--no-build-isolation", "--editable", "."])
    stamp.update(wanted)
    with open(STAMP, "w", encoding="ascii") as file:
        json.dump(stamp, file)


def hand_over(command: List[str]) -> int:
    """Run a command to its end and give its exit code; an interrupt reaches it too."""
    child = subprocess.Popen(command, cwd=ROOT)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue


def has_screen() -> bool:
    """Tell whether a window can be shown here."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def run_app(arguments: List[str]) -> int:
    """Open the app, or carry out another of its commands."""
    if not arguments and not has_screen():
        raise SetupError("PT Notes opens a window, and there is no screen here (DISPLAY is not set).")
    set_up("run")
    return hand_over([venv_python(), "-m", "ptnotes", *arguments])


def lint() -> int:
    """Check lint, formatting and types; run all three, and give the worst exit code."""
    checks = [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]]
    return max(hand_over([venv_python(), "-m", *check]) for check in checks)


def test(arguments: List[str]) -> int:
    """Run lint, types and the whole suite (contracts are in it); with arguments, pytest alone with these."""
    set_up("dev")
    pytest = [venv_python(), "-m", "pytest"]
    if arguments:
        return hand_over([*pytest, *arguments])
    fault = lint()
    tested = hand_over([*pytest, "-q", "-n", "2", "--dist", "loadfile", "--max-worker-restart", "0"])
    if fault and not tested:
        say("The tests pass; lint or types do not (see above).")
    return tested or fault


def lock() -> int:
    """Make both locks again, the dev lock first, so that the run lock takes the same versions."""
    import tomllib  # noqa: PLC0415 - unknown to the oldest Python that has to read this file

    if not shutil.which("uv"):
        raise SetupError("The locks are made by uv, which is not installed: pip install uv")
    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        backend = "\n".join(tomllib.load(file)["build-system"]["requires"])
    for name, options in (("dev", ["--all-extras"]), ("run", ["--constraint", "requirements/dev.txt"])):
        command = ["uv", "pip", "compile", "pyproject.toml", "-", *options, "--universal"]
        command += ["--python-version", "%d.%d" % OLDEST, "--generate-hashes", "--no-header", "--no-annotate"]
        command += ["--no-emit-index-url", "--no-emit-find-links", "--quiet", "--upgrade"]
        command += ["--output-file", "requirements/%s.txt" % name]
        subprocess.run(command, cwd=ROOT, check=True, input=backend.encode())
    return 0


def main(arguments: List[str]) -> int:
    """Carry out one verb and give the exit code: 0, 1 (with one sentence) or 2 (usage)."""
    verb, rest = (arguments[0] if arguments else ""), arguments[1:]
    if verb == "setup":
        set_up("dev")
        return 0
    if verb == "run":
        return run_app(rest)
    if verb == "test":
        return test(rest)
    if verb == "lint":
        set_up("dev")
        return lint() or hand_over([venv_python(), "-m", "pytest", "-q", "tests/architecture"])
    if verb == "bench":
        install_system(missing_libraries(BENCH_LIBRARIES))
        set_up("dev")
        return hand_over([venv_python(), "-m", "benchmarks", *rest])
    if verb == "torture":
        set_up("dev")
        return hand_over([venv_python(), "-m", "tests.torture.run", *rest])
    if verb == "screenshots":
        set_up("dev")
        return hand_over([venv_python(), os.path.join("tools", "screenshots.py"), *rest])
    if verb == "lock":
        return lock()
    sys.stderr.write(USAGE)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except SetupError as error:
        sys.stderr.write("%s\n" % error)
        sys.exit(1)
    except subprocess.CalledProcessError as error:
        sys.stderr.write("This step failed: %s\n" % " ".join(error.cmd))
        sys.exit(1)
