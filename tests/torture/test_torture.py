"""The short form of the torture: every act, killed once at each named point."""

import os
import re
import subprocess
import sys

import pytest

from tests.torture.acts import ACTS


@pytest.mark.skipif(os.name != "posix", reason="forks")
@pytest.mark.timeout(180)
@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_lost_when_the_process_is_killed_at_a_named_point(act: str) -> None:
    command = [sys.executable, "-m", "tests.torture.run", "--rounds", "1", "--named", act]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = re.search(r"tried (\d+), killed (\d+), survived (\d+), lost 0", done.stdout)
    assert told is not None
    tried, killed, survived = (int(number) for number in told.groups())
    assert tried == killed == survived
    assert tried >= 3
