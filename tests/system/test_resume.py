# SPDX-License-Identifier: Apache-2.0
"""--checkpoint: a scan that was killed goes on where it was, asks nothing twice, and ends as if nothing had happened."""
import datetime
import fcntl
import json
import os
import random
import resource
import signal
import subprocess

import pytest
from checkpoints import (MAGIC, Checkpoint, answer, asked, comparable, frame, frames, kill_after, mark, read_answer,
                         write_checkpoint)
from organization import Organization
from scanning import DEMO_ASSETS, PROGRAM, TOKEN, Cloud, Server, assert_refused, cmekscan, environment, override

ORGANIZATION = ("--organization", "917392449274")
VIAS = ["direct", "inventory", "auto"]
EVERYTHING = ("--status", "all", "--report", "json")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo organization, some of whose projects refuse to be read; slow enough to be killed in time."""
    with Cloud(tmp_path_factory.mktemp("cloud"), faults="latency=8ms") as cloud:
        yield cloud


@pytest.fixture(scope="module")
def truths(demo):
    """What scans say that nobody killed."""
    return {via: demo.report(*ORGANIZATION, "--via", via) for via in VIAS}


def resume(cloud, checkpoint, *args, command="scan", statuses=(0, 1, 3), env=None):
    """Goes on to the end: (report, what was asked). Nothing may be asked that the checkpoint knows."""
    known = Checkpoint(checkpoint).answers if checkpoint.exists() else {}
    before = mark(cloud)
    run = cloud.run(command, *args, "--checkpoint", checkpoint, *EVERYTHING, env=env)
    assert run.status in statuses, run.stderr
    assert TOKEN not in run.stdout + run.stderr
    requests = asked(cloud, before)
    assert not set(requests) & known.keys()
    report = json.loads(run.stdout)
    assert sum(report["scan"]["api_calls"].values()) == len(requests)
    return report, requests


def killed(cloud, checkpoint, requests, *args):
    """A checkpoint of a scan that was killed after so many requests. The scan may be faster: then once more."""
    for _ in range(10):
        status = kill_after(cloud, requests, "scan", *args, "--checkpoint", checkpoint)
        if status == -9 and checkpoint.exists():
            return Checkpoint(checkpoint)
        checkpoint.unlink(missing_ok=True)
    raise AssertionError("no scan was slow enough to be killed")


@pytest.fixture(scope="module")
def halfway(demo, tmp_path_factory):
    """The bytes of a checkpoint in the middle of a scan through the inventory."""
    path = tmp_path_factory.mktemp("halfway") / "checkpoint"
    killed(demo, path, 22, *ORGANIZATION, "--via", "inventory")
    return path.read_bytes()


def place(tmp_path, data):
    path = tmp_path / "checkpoint"
    path.write_bytes(data)
    path.chmod(0o600)
    return path


def resume_inventory(demo, truths, path, **options):
    report, requests = resume(demo, path, *ORGANIZATION, "--via", "inventory", **options)
    assert comparable(report) == comparable(truths["inventory"])
    assert not path.exists()
    return report, requests


# Killed


@pytest.mark.parametrize("via", VIAS)
@pytest.mark.parametrize("seed", range(4))
def test_however_often_it_is_killed_nothing_changes(demo, truths, tmp_path, via, seed):
    chance = random.Random(f"{via} {seed}")
    path = tmp_path / "checkpoint"
    scan = (*ORGANIZATION, "--via", via)
    whole = sum(truths[via]["scan"]["api_calls"].values())
    known, kills = {}, 0
    while kills < 6:
        before = mark(demo)
        status = kill_after(demo, chance.randint(1, max(2, whole // 3)), "scan", *scan, "--checkpoint", path)
        assert not set(asked(demo, before)) & known.keys()
        if status != -9:
            break  # it was faster
        kills += 1
        if not path.exists():
            break  # it had just ended
        now = Checkpoint(path).answers
        assert known.items() <= now.items()
        known = now
    assert kills > 0
    report, _ = resume(demo, path, *scan)
    assert comparable(report) == comparable(truths[via])
    assert not path.exists()


def test_what_it_says_about_itself(demo, truths, tmp_path):
    path = tmp_path / "checkpoint"
    begun = killed(demo, path, 700, *ORGANIZATION, "--via", "direct")
    assert begun.head["begun_at"] and 200 < len(begun.answers) < 1500
    assert {status for status, _ in begun.answers.values()} == {200, 403}  # what is refused for good is not asked again
    report, requests = resume(demo, path, *ORGANIZATION, "--via", "direct")
    assert report["scan"]["resumed"] == {"since": begun.head["begun_at"], "answers": len(begun.answers)}
    assert truths["direct"]["scan"]["resumed"] is None
    whole = sum(truths["direct"]["scan"]["api_calls"].values())
    assert len(requests) + len(begun.answers) == whole
    killed(demo, path, 700, *ORGANIZATION, "--via", "direct")
    run = demo.run("scan", *ORGANIZATION, "--via", "direct", "--checkpoint", path)
    assert "answers from a checkpoint begun at 2" in run.stdout
    assert f"the checkpoint '{path}' holds" in run.stderr


def test_it_holds_no_secret_and_is_for_the_owner_alone(demo, tmp_path):
    path = tmp_path / "checkpoint"
    checkpoint = killed(demo, path, 20, *ORGANIZATION, "--via", "inventory")
    assert path.stat().st_mode & 0o777 == 0o600
    everything = [checkpoint.data, *(body for _, body in checkpoint.answers.values())]
    assert not any(TOKEN.encode() in each or b"Bearer" in each for each in everything)


def test_the_policies_that_google_was_asked_for_are_kept_too(demo, tmp_path):
    scan = (*ORGANIZATION, "--via", "direct", "--verify-policies")
    truth = demo.report(*scan)
    path = tmp_path / "checkpoint"
    whole = sum(truth["scan"]["api_calls"].values())
    before = mark(demo)
    killed(demo, path, whole - 8, *scan)
    assert any("getEffectivePolicy" in key for key in asked(demo, before))
    report, requests = resume(demo, path, *scan)
    assert comparable(report) == comparable(truth)
    assert len(requests) < 100


def test_a_collection_is_gone_on_with(demo, tmp_path):
    path, whole, output = tmp_path / "checkpoint", tmp_path / "whole.ndjson", tmp_path / "resumed.ndjson"
    scan = ("collect", *ORGANIZATION, "--via", "direct")
    assert demo.run(*scan, "-o", whole).status == 3
    assert kill_after(demo, 900, *scan, "-o", output, "--checkpoint", path) == -9
    assert not output.exists()
    known, before = Checkpoint(path).answers, mark(demo)
    assert demo.run(*scan, "-o", output, "--checkpoint", path).status == 3
    assert not set(asked(demo, before)) & known.keys() and not path.exists()
    assert sorted(output.read_text().splitlines()) == sorted(whole.read_text().splitlines())


def test_a_collection_is_gone_on_with_by_a_scan(demo, truths, tmp_path):
    path = tmp_path / "checkpoint"
    assert kill_after(demo, 900, "collect", *ORGANIZATION, "--via", "direct", "-o", tmp_path / "out", "--checkpoint",
                      path) == -9
    report, requests = resume(demo, path, *ORGANIZATION, "--via", "direct")
    assert comparable(report) == comparable(truths["direct"]) and len(requests) < 1300


def test_a_simulation_is_gone_on_with(demo, tmp_path):
    simulation = ("--promote-dry-run", *ORGANIZATION, "--via", "direct")
    truth = demo.report(*simulation, command="simulate")
    path = tmp_path / "checkpoint"
    assert kill_after(demo, 500, "simulate", *simulation, "--checkpoint", path) == -9
    report, _ = resume(demo, path, *simulation, command="simulate")
    assert comparable(report) == comparable(truth)


def test_an_explanation_is_gone_on_with(demo, truths, tmp_path):
    path = tmp_path / "checkpoint"
    finding = truths["inventory"]["findings"][0]["finding_id"]
    explain = ("explain", finding, *ORGANIZATION, "--via", "inventory")
    assert kill_after(demo, 15, *explain, "--checkpoint", path) == -9
    known, before = Checkpoint(path).answers, mark(demo)
    run = demo.run(*explain, "--checkpoint", path)
    assert not set(asked(demo, before)) & known.keys() and not path.exists()
    assert run.status == 0 and run.stdout == demo.run(*explain).stdout


def scan_shard(cloud, path, index, *args):
    run = cloud.run("scan", *ORGANIZATION, "--via", "direct", "--shard", f"{index}/2", "--status", "all", "--report",
                    f"json={path}", *args)
    assert run.status in (0, 1, 3), run.stderr
    return json.loads(path.read_text())


def test_shards_are_gone_on_with_and_merged(demo, tmp_path):
    checkpoint = tmp_path / "checkpoint"
    paths = [tmp_path / f"{index}.json" for index in (1, 2)]
    truth = [scan_shard(demo, path, index) for index, path in enumerate(paths, start=1)]
    assert comparable(truth[0]) != comparable(truth[1])
    expected = json.loads(cmekscan("merge", *paths, "--report", "json").stdout)
    found = []
    for index, path in enumerate(paths, start=1):
        killed(demo, checkpoint, 200, *ORGANIZATION, "--via", "direct", "--shard", f"{index}/2")
        other = demo.run("scan", *ORGANIZATION, "--via", "direct", "--shard", f"{3 - index}/2", "--checkpoint", checkpoint)
        assert_refused(other, 2, f"its shard: {index}/2, of this scan: {3 - index}/2")
        resumed = scan_shard(demo, path, index, "--checkpoint", checkpoint)
        assert comparable(resumed) == comparable(truth[index - 1])
        found.append(resumed["scan"]["resumed"])
    merged = json.loads(cmekscan("merge", *paths, "--report", "json").stdout)
    assert comparable(merged) == comparable(expected) and expected["scan"]["resumed"] is None
    assert merged["scan"]["resumed"] == {"since": min(each["since"] for each in found),
                                         "answers": sum(each["answers"] for each in found)}
    converted = cmekscan("convert", paths[0], "--report", "json", "--status", "all").stdout
    assert json.loads(converted) == json.loads(paths[0].read_text())


@pytest.mark.parametrize("via,services", [("direct", "storage,pubsub"), ("inventory", "storage,pubsub,artifactregistry")])
def test_two_thousand_projects(tmp_path, via, services):
    path = tmp_path / "checkpoint"
    organization = Organization(11, projects=2000, folders=150)
    assets = organization.write(tmp_path / "assets.ndjson")
    scan = ("--organization", organization.name.split("/")[1], "--via", via, "--services", services)
    with Cloud(tmp_path / "cloud", assets=assets, faults="page-size=200") as cloud:
        truth = cloud.report(*scan)
        whole = sum(truth["scan"]["api_calls"].values())
        for part in (5, 3, 2):
            kill_after(cloud, whole // part // 2, "scan", *scan, "--checkpoint", path)
        kept = len(Checkpoint(path).answers)
        report, requests = resume(cloud, path, *scan)
    assert comparable(report) == comparable(truth)
    assert kept > whole // 4 and len(requests) <= whole - kept


# Ended in other ways


def test_an_interrupted_scan_is_gone_on_with(demo, truths, tmp_path):
    path = tmp_path / "checkpoint"
    scan = (*ORGANIZATION, "--via", "direct")
    assert kill_after(demo, 500, "scan", *scan, "--fail-on", "none", "--checkpoint", path,
                      with_signal=signal.SIGTERM) == 3
    report, requests = resume(demo, path, *scan)
    assert comparable(report) == comparable(truths["direct"]) and len(requests) < 1500


def test_what_failed_for_the_moment_is_asked_again(truths, tmp_path):
    path = tmp_path / "checkpoint"
    scan = (*ORGANIZATION, "--via", "direct", "--max-attempts", "1")
    runs = []
    with Cloud(tmp_path / "cloud", faults="503-every=9") as cloud:
        while not runs or path.exists():
            assert len(runs) < 20
            runs.append(resume(cloud, path, *scan, statuses=(1, 3, 4)))
            assert all(status in (200, 403) for status, _ in Checkpoint(path).answers.values()) if path.exists() else True
    assert len(runs) > 1
    assert any(gap["error"] == "unavailable" for gap in runs[0][0]["coverage"])
    assert comparable(runs[-1][0]) == comparable(truths["direct"])


def test_a_page_that_left_something_out_is_asked_for_again(demo, tmp_path):
    path = tmp_path / "checkpoint"
    pages = [{"unreachable": ["projects/_/locations/us"]}, {}]
    scan = ("--project", "nordwind-shop-web", "--via", "direct")
    with Server(lambda _: (200, {}, json.dumps(pages.pop(0)).encode())) as storage:
        env = demo.environment(**override("storage", storage.url))
        first, _ = resume_elsewhere(demo, path, scan, env)
        assert [gap["error"] for gap in first["coverage"]] == ["unavailable"] and path.exists()
        second, requests = resume_elsewhere(demo, path, scan, env)
    assert second["coverage"] == [] and requests == [] and len(storage.seen) == 2
    assert second["scan"]["api_calls"] == {"storage.buckets.list": 1} and not path.exists()


def resume_elsewhere(cloud, path, scan, env):
    """A scan one of whose APIs is not the cloud's: (report, what the cloud was asked)."""
    before = mark(cloud)
    report = cloud.report(*scan, "--checkpoint", path, env=env)
    return report, asked(cloud, before)


def test_a_report_that_cannot_be_written_does_not_cost_the_scan(demo, truths, tmp_path):
    path = tmp_path / "checkpoint"
    run = demo.run("scan", *ORGANIZATION, "--via", "direct", "--checkpoint", path, "--report", "json=/dev/full")
    assert_refused(run, 4, "No space left on device")
    report, requests = resume(demo, path, *ORGANIZATION, "--via", "direct")
    assert comparable(report) == comparable(truths["direct"]) and requests == []


def test_a_scope_that_is_refused_is_asked_for_anew(demo, tmp_path):
    path = tmp_path / "checkpoint"
    for via in VIAS:
        before = mark(demo)
        run = demo.run("scan", "--folder", "1", "--via", via, "--checkpoint", path)
        assert_refused(run, 4, "cannot read folders/1")
        assert not path.exists() and asked(demo, before)


def test_a_report_of_the_same_name_is_not_removed(demo, tmp_path):
    path = tmp_path / "checkpoint"
    assert demo.run("scan", *ORGANIZATION, "--checkpoint", path, "--report", f"json={path}").status == 1
    assert json.loads(path.read_text())["summary"]


def test_a_full_disk_costs_the_checkpoint_not_the_scan(demo, truths, tmp_path):
    path = tmp_path / "checkpoint"
    done = subprocess.run([PROGRAM, "scan", *ORGANIZATION, "--via", "direct", "--checkpoint", path, *EVERYTHING],
                          env=demo.environment(), stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (30000, 30000)))
    assert done.returncode == 1, done.stderr
    assert b"cannot write the checkpoint" in done.stderr and b"File too large" in done.stderr
    assert comparable(json.loads(done.stdout)) == comparable(truths["direct"])
    assert not path.exists()


def test_a_disk_that_was_full_leaves_what_was_written_before(demo, truths, tmp_path):
    path = tmp_path / "checkpoint"
    limit = "ulimit -f 30; exec \"$0\" \"$@\""  # blocks of 512 or 1024 bytes
    with subprocess.Popen(["sh", "-c", limit, PROGRAM, "scan", *ORGANIZATION, "--via", "direct", "--checkpoint", path,
                           "--report", "json=/dev/full"], env=demo.environment(), stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL) as process:
        assert b"cannot write the checkpoint" in process.stderr.read()
        assert process.wait(timeout=60) == 4
    data = path.read_bytes()
    sound = list(frames(data))
    assert sound[-1][0] + 8 + len(sound[-1][1]) == len(data)
    report, _ = resume(demo, path, *ORGANIZATION, "--via", "direct")
    assert comparable(report) == comparable(truths["direct"])
    assert report["scan"]["resumed"]["answers"] > 20


# Damaged


def cuts(data):
    """Every kind of place that a file can end at."""
    starts = [at for at, _ in frames(data)]
    key = starts[2] + 8 + 12
    return [0, 3, len(MAGIC) - 1, len(MAGIC), len(MAGIC) + 3, len(MAGIC) + 8, len(MAGIC) + 40, starts[1] - 1, starts[1],
            starts[1] + 5, starts[1] + 8, starts[1] + 13, starts[2], key, key + 9, starts[3] - 1, starts[-1] - 1, starts[-1],
            starts[-1] + 7, len(data) - 1, len(data)]


def test_a_file_that_ends_anywhere(demo, truths, halfway, tmp_path):
    for cut in cuts(halfway):
        path = place(tmp_path, halfway[:cut])
        sound = len(list(frames(halfway[:cut]))) - 1
        report, _ = resume_inventory(demo, truths, path)
        resumed = report["scan"]["resumed"]
        assert (resumed["answers"] if resumed else 0) == max(sound, 0), cut


def test_bytes_that_changed(demo, truths, halfway, tmp_path):
    chance = random.Random(3)
    first = next(at for at, payload in frames(halfway) if b"begun_at" not in payload)
    for _ in range(25):
        data = bytearray(halfway)
        at = chance.randrange(first, len(data))
        data[at] ^= 1 << chance.randrange(8)
        path = place(tmp_path, data)
        report, _ = resume_inventory(demo, truths, path)
        assert report["scan"]["resumed"]["answers"] == sum(1 for start, _ in frames(bytes(data)) if start >= first)


def test_a_damaged_beginning_is_begun_anew(demo, truths, halfway, tmp_path):
    data = bytearray(halfway)
    data[len(MAGIC) + 20] ^= 4
    report, _ = resume_inventory(demo, truths, place(tmp_path, data))
    assert report["scan"]["resumed"] is None


@pytest.mark.parametrize("changes", [
    {"status": 9999}, {"key_length": 2 ** 32 - 1}, {"key_length": 10 ** 6}, {"body_length": 0}, {"body_length": 2 ** 31},
    {"body_length": 5}, {"body_length": 10 ** 6}, {"packed": b""}, {"packed": b"no zlib stream"}, {"key_length": 3}])
def test_answers_that_make_no_sense_are_asked_for(demo, truths, halfway, tmp_path, changes):
    """With the right checksum, as only somebody's ill will could write them."""
    sound = list(frames(halfway))
    key, status, body = read_answer(sound[1][1])
    data = halfway[:sound[1][0]] + answer(key.encode(), **{"status": status, "body": body, **changes})
    path = place(tmp_path, data)
    run = demo.run("scan", *ORGANIZATION, "--via", "inventory", "--checkpoint", path, *EVERYTHING)
    report = json.loads(run.stdout)
    assert comparable(report) == comparable(truths["inventory"])
    assert report["scan"]["resumed"]["answers"] == 0


def test_a_frame_longer_than_any(demo, truths, halfway, tmp_path):
    resume_inventory(demo, truths, place(tmp_path, halfway + b"\xff\xff\xff\xff\0\0\0\0" + b"x" * 100))


def test_an_answer_that_is_no_json_is_a_gap_like_the_servers(demo, halfway, tmp_path):
    sound = list(frames(halfway))
    listing = next(payload for _, payload in sound if b"cloudasset.searchAllResources" in payload)
    key, _, _ = read_answer(listing)
    path = place(tmp_path, halfway + answer(key.encode(), 200, b"{\"results\": ["))
    run = demo.run("scan", *ORGANIZATION, "--via", "inventory", "--checkpoint", path, *EVERYTHING)
    assert "invalid-answer" in {gap["error"] for gap in json.loads(run.stdout)["coverage"]}
    assert path.exists()  # it is worth asking for


def test_a_page_token_that_expired_meanwhile(tmp_path):
    path = tmp_path / "checkpoint"
    organization = Organization(5)
    assets = organization.write(tmp_path / "assets.ndjson")
    scan = ("--organization", organization.name.split("/")[1], "--via", "inventory")
    with Cloud(tmp_path / "cloud", assets=assets, faults="page-size=50,latency=5ms") as cloud:
        truth = cloud.report(*scan)
        checkpoint = killed(cloud, path, 12, *scan)
        data = path.read_bytes()[:checkpoint.offsets[1]]
        firsts = 0
        for key, (status, body) in checkpoint.answers.items():
            if "assets.list" in key and "pageToken" not in key:
                page = json.loads(body)
                page["nextPageToken"] = "a-token-of-yesterday"
                data += answer(key.encode(), status, json.dumps(page).encode())
                firsts += 1
        assert firsts == 2
        run = cloud.run("scan", *scan, "--checkpoint", place(tmp_path, data), *EVERYTHING)
        report = json.loads(run.stdout)
    assert comparable(report) == comparable(truth)
    assert report["scan"]["resumed"]["answers"] == firsts and not path.exists()


# Not to be gone on with


@pytest.mark.parametrize("content", [b"{\"schema_version\": \"1.0\"}\n", b"x", b"cmekscan-checkpoint-2\nand more", b"\0" * 4096,
                                     MAGIC[:-1] + b"x" + MAGIC])
def test_other_files_are_left_alone(demo, tmp_path, content):
    path = place(tmp_path, content)
    before = mark(demo)
    run = demo.run("scan", *ORGANIZATION, "--checkpoint", path)
    assert_refused(run, 2, "is no checkpoint of this version", "left as it is")
    assert path.read_bytes() == content and not asked(demo, before)


def test_what_is_no_regular_file(demo, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    for path, status, words in [("/dev/null", 2, "no regular file"), (tmp_path / "pipe", 2, "no regular file"),
                                (tmp_path, 4, "Is a directory"), (tmp_path / "link", 4, "symbolic link"),
                                (tmp_path / "missing" / "file", 4, "No such file")]:
        run = demo.run("scan", *ORGANIZATION, "--checkpoint", path)
        assert_refused(run, status, str(path), words)
    assert not (tmp_path / "target").exists()


@pytest.mark.parametrize("args,variables,fact", [
    (("--organization", "917392449274", "--project", "1"), {}, "scopes"), (("--folder", "1"), {}, "scopes"),
    ((*ORGANIZATION, "--via", "direct"), {}, "via"), ((*ORGANIZATION, "--services", "storage"), {}, "services"),
    ((*ORGANIZATION, "--quota-project", "another"), {}, "quota project"),
    (ORGANIZATION, {"CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE": "http://127.0.0.1:9/"}, "endpoints")])
def test_checkpoints_of_other_scans(demo, halfway, tmp_path, args, variables, fact):
    path = place(tmp_path, halfway)
    how = () if "--via" in args else ("--via", "inventory")
    run = demo.run("scan", *args, *how, "--checkpoint", path, env=demo.environment(**variables))
    assert_refused(run, 2, f"is of another scan: its {fact}: ")
    assert path.read_bytes() == halfway


def test_checkpoints_of_other_credentials_and_versions(demo, halfway, tmp_path):
    path = place(tmp_path, halfway)
    token = tmp_path / "token"
    token.write_text(TOKEN)
    run = demo.run("scan", *ORGANIZATION, "--via", "inventory", "--checkpoint", path, "--access-token-file", token)
    assert_refused(run, 2, "is of another scan: its credentials: ")
    for name, value, fact in [("version", "0.0.9", "version"), ("catalogue", "0" * 64, "catalogue"), ("scopes", None, "scopes"),
                              ("via", 5, "via")]:
        write_checkpoint(path, {**Checkpoint(place(tmp_path, halfway)).head, name: value})
        run = demo.run("scan", *ORGANIZATION, "--via", "inventory", "--checkpoint", path)
        assert_refused(run, 2, f"is of another scan: its {fact}: ")
    for head in (b"[]", b"no json", b"{}", b"{\"begun_at\": 3}"):
        path.write_bytes(MAGIC + frame(head))
        run = demo.run("scan", *ORGANIZATION, "--via", "inventory", "--checkpoint", path)
        assert_refused(run, 2, "is of another scan: its version: not told")


def ago(**offset):
    return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**offset)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_answers_that_are_too_old(demo, truths, halfway, tmp_path):
    whole = Checkpoint(place(tmp_path, halfway))
    answers = halfway[whole.offsets[1]:]
    for begun, is_used in [(ago(hours=19), True), (ago(hours=21), False), (ago(hours=24), False), (ago(days=4000), False), (ago(hours=-2), False),
                           (ago(minutes=-1), True),
                           ("yesterday", False), (7, False)]:
        path = tmp_path / "checkpoint"
        write_checkpoint(path, {**whole.head, "begun_at": begun}, answers)
        run = demo.run("scan", *ORGANIZATION, "--via", "inventory", "--checkpoint", path, *EVERYTHING)
        report = json.loads(run.stdout)
        assert comparable(report) == comparable(truths["inventory"])
        assert bool(report["scan"]["resumed"]) == is_used
        assert ("the scan begins anew" in run.stderr) != is_used


def test_what_others_could_have_written(demo, halfway, tmp_path):
    path = place(tmp_path, halfway)
    path.chmod(0o666)
    assert_refused(demo.run("scan", *ORGANIZATION, "--via", "inventory", "--checkpoint", path), 4, "can be written by everyone")
    if os.geteuid() == 0:
        path.chmod(0o600)
        os.chown(path, 65534, 65534)
        assert_refused(demo.run("scan", *ORGANIZATION, "--via", "inventory", "--checkpoint", path), 4, "belongs to another user")
    assert path.read_bytes() == halfway


def test_a_checkpoint_that_cannot_be_read(demo, halfway, tmp_path):
    path = place(tmp_path, halfway)
    options = {}
    if os.geteuid() == 0:
        options = {"user": 65534}
        tmp_path.chmod(0o755)
        for folder in tmp_path.parents[:2]:
            folder.chmod(0o755)
    else:
        path.chmod(0)
    try:
        done = subprocess.run([PROGRAM, "scan", *ORGANIZATION, "--checkpoint", path], env=demo.environment(),
                              capture_output=True, check=False, timeout=60, **options)
    except PermissionError:
        pytest.skip("nobody else may run the program")
    assert done.returncode == 4 and b"Permission denied" in done.stderr
    path.chmod(0o600)
    assert path.read_bytes() == halfway


def test_two_scans_do_not_share_one(demo, halfway, tmp_path):
    path = place(tmp_path, halfway)
    with path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        run = demo.run("scan", *ORGANIZATION, "--via", "inventory", "--checkpoint", path)
        assert_refused(run, 4, "in use by another scan")
    assert path.read_bytes() == halfway


def test_only_a_live_scan_has_one(tmp_path):
    path = tmp_path / "checkpoint"
    assert_refused(cmekscan("scan", "--assets", DEMO_ASSETS, "--checkpoint", path), 2, "--checkpoint", "needs a live scope")
    assert_refused(cmekscan("scan", *ORGANIZATION, "--checkpoint", ""), 2, "--checkpoint needs a value")
    run = cmekscan("scan", *ORGANIZATION, "--checkpoint", path, env=environment())
    assert run.status == 4 and not path.exists()  # no credentials: nothing was asked
