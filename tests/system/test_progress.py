# SPDX-License-Identifier: Apache-2.0
"""What a live scan says while it runs: on a terminal (a pty here), in a pipe, under CI, and with --quiet."""
import fcntl
import itertools
import json
import os
import pty
import re
import struct
import subprocess
import termios

import pytest
from organization import Organization
from scanning import DEMO_ASSETS, PROGRAM, TOKEN, Cloud, Direct, read_assets

ORGANIZATION = next(each["ancestors"][0] for each in read_assets(DEMO_ASSETS)
                    if each["asset_type"] == "cloudresourcemanager.googleapis.com/Organization")
WIPE = "\r\x1b[K"
LINE = re.compile(r"(credentials|inventory|hierarchy|resources|keys and tags|confirmation|effective policies): "
                  r"((?P<done>\d+) of (?P<known>\d+)(?P<more> or more)? projects, (?P<resources>\d+) resources, )?"
                  r"(\d+ requests?|\d+ requests/s)(, waiting for quota (?P<quota>\S+))?"
                  r", (time left \?|about [\d.]+ (s|min|h) left)")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    with Direct(tmp_path_factory.mktemp("cloud"), faults="latency=150ms,few-locations") as cloud:
        yield cloud


def on_terminal(cloud, *args, columns=160, scope=ORGANIZATION, **variables):
    """(exit status, all that the terminal got)"""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen([PROGRAM, "scan", "--organization", scope, "--report", "jsonl", *args], stderr=theirs,
                          stdout=subprocess.DEVNULL, env=cloud.environment(**{"TERM": "xterm", **variables})) as process:
        os.close(theirs)
        said = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            said += piece
    os.close(ours)
    text = said.decode("utf-8")
    assert "Sanitizer" not in text and TOKEN not in text, text
    return process.returncode, text


def drawn(said):
    """The lines that were drawn one over the other."""
    return [piece for piece in re.split(r"\r\x1b\[K|\r\n", said) if piece and not piece.startswith("cmekscan: ")]


def test_a_terminal_sees_how_far_the_scan_is(cloud):
    status, said = on_terminal(cloud)
    assert status == 1
    lines = [LINE.fullmatch(line) for line in drawn(said)]
    assert len(lines) > 3 and all(lines), said
    phases = [line.group(1) for line in lines]
    order = ["credentials", "hierarchy", "resources", "keys and tags"]
    assert phases == sorted(phases, key=order.index) and {"hierarchy", "resources", "keys and tags"} <= set(phases), said
    counted = [line for line in lines if line.group("known")]
    for name in ("done", "known", "resources"):
        numbers = [int(line.group(name)) for line in counted]
        assert numbers == sorted(numbers)
    assert all(int(line.group("done")) <= int(line.group("known")) for line in counted)
    assert counted[-1].group("done", "known", "more") == ("31", "31", None)
    assert all(line.group("more") for line in counted if line.group(1) == "hierarchy")
    last = said.rstrip("\r\n").rsplit(WIPE, 1)[-1]
    assert last.startswith("cmekscan: ") and last.endswith("(exit status 1)"), "nothing of the line is left"


def test_an_inventory_has_phases_of_its_own(tmp_path):
    with Cloud(tmp_path, faults="latency=300ms,page-size=60") as cloud:
        status, said = on_terminal(cloud)
    assert status == 1
    lines = [LINE.fullmatch(line) for line in drawn(said)]
    assert all(lines), said
    phases = [phase for phase, _ in itertools.groupby(line.group(1) for line in lines)]
    assert [each for each in phases if each != "credentials"] == ["inventory", "keys and tags", "confirmation"], said


@pytest.mark.parametrize("columns", [20, 47])
def test_a_narrow_terminal_gets_a_short_line(cloud, columns):
    _, said = on_terminal(cloud, columns=columns)
    lines = drawn(said)
    assert lines and max(map(len, lines)) == columns - 1


def test_the_time_left_comes_true_and_requests_have_a_rate(tmp_path):
    made_up = Organization(5, projects=600, folders=8)
    assets = tmp_path / "assets.ndjson"
    assets.write_text("".join(json.dumps(each) + "\n" for each in made_up.lines), encoding="utf-8")
    with Direct(tmp_path, assets=assets, faults="latency=700ms,few-locations") as cloud:
        _, said = on_terminal(cloud, scope=made_up.name)
    lines = [line for line in drawn(said) if line.startswith("resources")]
    left = [int(found.group(1)) for line in lines if (found := re.search(r"about (\d+) s left", line))]
    assert left and left[-1] < max(left) and left[-1] <= 5, lines
    assert any(int(found.group(1)) > 10 for line in lines if (found := re.search(r"(\d+) requests/s", line))), lines


def test_a_wait_for_quota_is_named(tmp_path):
    with Direct(tmp_path, faults="429-every=40,retry-after=2,few-locations") as cloud:
        status, said = on_terminal(cloud)
        assert status == 1
        assert f"waiting for quota 127.0.0.1:{cloud.port}" in said


@pytest.mark.parametrize("variables", [{"CI": "true"}, {"TERM": "dumb"}])
def test_logs_get_no_line_that_is_drawn_over(cloud, variables):
    _, said = on_terminal(cloud, **variables)
    assert WIPE not in said and "\x1b" not in said
    assert {line.split(":")[0] for line in said.split("\r\n") if line} == {"cmekscan"}
    assert not drawn(said), "a line a minute at most, and the scan is shorter"


def test_a_pipe_gets_no_line_that_is_drawn_over(cloud):
    run = cloud.run("scan", "--organization", ORGANIZATION, "--report", "jsonl")
    assert "\r" not in run.stderr and "\x1b" not in run.stderr and "requests" not in run.stderr


def test_quiet_leaves_the_last_line_alone(cloud):
    _, said = on_terminal(cloud, "--quiet")
    assert WIPE not in said and len(said.strip().split("\r\n")) == 1 and "(exit status 1)" in said
