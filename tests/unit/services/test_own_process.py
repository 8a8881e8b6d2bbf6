"""What a process leaves behind, tried in one of its own."""

import subprocess
import sys

import pytest

TRY = """
import os, resource, stat, sys, threading
from ptnotes.services.own_process import keep_to_itself
keep_to_itself()
print(resource.getrlimit(resource.RLIMIT_CORE))
open(sys.argv[1], "w").close()
print(oct(stat.S_IMODE(os.stat(sys.argv[1]).st_mode)))
def fail():
    name = "Zyxwvut" + "sson"
    raise ValueError(name)
thread = threading.Thread(target=fail)
thread.start()
thread.join()
fail()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="asks for limits and modes of POSIX")
def test_a_process_dumps_nothing_and_traces_faults_without_values(tmp_path: object) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TRY, f"{tmp_path}/new"], capture_output=True, text=True, check=False
    )
    assert done.stdout.split("\n")[:2] == ["(0, 0)", "0o600"]
    assert done.returncode == 1
    assert done.stderr.count("in fail") == 2
    assert done.stderr.count("ValueError") == 2
    assert "Zyxwvut" not in done.stderr
