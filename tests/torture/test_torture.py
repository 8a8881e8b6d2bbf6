"""The short form of the torture: every act, killed at a few of its named points; ``make torture`` is the whole."""

import os
import re
import subprocess
import sys

import pytest

from tests.torture.acts import ACTS

POINTS = 3


@pytest.mark.skipif(os.name != "posix", reason="forks")
@pytest.mark.timeout(300)
def test_nothing_is_lost_when_the_process_is_killed_at_a_named_point() -> None:
    command = [sys.executable, "-m", "tests.torture.run", "--rounds", "1", "--named", "--most", str(POINTS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = re.search(r"(\d+) tried +(\d+) killed .*\nsurvived (\d+), lost 0", done.stdout)
    assert told is not None, done.stdout
    tried, killed, survived = (int(number) for number in told.groups())
    assert tried >= killed == survived == POINTS * len(ACTS)


@pytest.mark.skipif(os.name != "posix", reason="forks")
@pytest.mark.timeout(300)
def test_a_power_failure_amid_a_save_loses_nothing_that_was_told_as_saved() -> None:
    """A file that is not synced before it gets its name would be found here."""
    command = [sys.executable, "-m", "tests.torture.run", "--rounds", "2", "--most", "4", "save"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r" 8 killed +4 power cut +0 lost", done.stdout), done.stdout
