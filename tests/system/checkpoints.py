# SPDX-License-Identifier: Apache-2.0
"""Checkpoint files, read and written by their description in src/source/journal_frame.h, and scans that are killed."""
import json
import os
import re
import signal
import struct
import subprocess
import time
import zlib

from scanning import PROGRAM

MAGIC = b"cmekscan-checkpoint-1\n"


def frame(payload):
    length = struct.pack("<I", len(payload))
    return length + struct.pack("<I", zlib.crc32(length + payload)) + payload


def frames(data):
    """(offset, payload) of each sound frame up to the first that is not."""
    assert data[:len(MAGIC)] == MAGIC[:len(data)]
    at = len(MAGIC)
    while at + 8 <= len(data):
        length, checksum = struct.unpack_from("<II", data, at)
        payload = data[at + 8:at + 8 + length]
        if len(payload) < length or zlib.crc32(data[at:at + 4] + payload) != checksum:
            return
        yield at, payload
        at += 8 + length


def answer(key, status, body, key_length=None, body_length=None, packed=None):
    """The frame of an answer, with what is not told as it has to be."""
    packed = zlib.compress(body) if packed is None else packed
    lengths = [len(key) if key_length is None else key_length, len(body) if body_length is None else body_length]
    return frame(struct.pack("<III", status, *lengths) + key + packed)


def read_answer(payload):
    status, key_length, body_length = struct.unpack_from("<III", payload)
    body = zlib.decompress(payload[12 + key_length:])
    assert len(body) == body_length
    return payload[12:12 + key_length].decode("ascii"), status, body


class Checkpoint:
    """The head, and the answers by what was asked for."""

    def __init__(self, path):
        self.data = path.read_bytes()
        all_frames = list(frames(self.data))
        self.offsets = [at for at, _ in all_frames]
        self.head = json.loads(all_frames[0][1]) if all_frames else None
        self.answers = {}
        for _, payload in all_frames[1:]:
            key, status, body = read_answer(payload)
            self.answers[key] = (status, body)


def write_checkpoint(path, head, answers=b""):
    path.write_bytes(MAGIC + frame(json.dumps(head).encode()) + answers)
    path.chmod(0o600)


def key_of(request):
    """How a checkpoint calls a request of the demo cloud's log."""
    path = re.sub(r"^/(storage/v1|[a-z]+)/", "", request["path"])
    return f"{request['operation']} {path}?{request['query']}"


def mark(cloud):
    """Where the request log ends now."""
    return cloud.log_file.stat().st_size


def asked(cloud, since=0):
    """What was asked for after a mark."""
    with cloud.log_file.open("rb") as log:
        log.seek(since)
        requests = [json.loads(line) for line in log]
    return [key_of(each) for each in requests if each["operation"] != "oauth2.token"]


def comparable(report):
    """A report without what no two scans have in common."""
    scan = {name: value for name, value in report["scan"].items()
            if name not in ("id", "started_at", "finished_at", "api_calls", "quota_waits_ms", "resumed")}
    return {**report, "scan": scan}


def kill_after(cloud, requests, *args, with_signal=signal.SIGKILL):
    """Runs the program until the cloud has answered so many requests more, and ends it there. Its exit status, negative
    if the signal was in time."""
    with cloud.log_file.open("rb") as log, \
            subprocess.Popen([PROGRAM, *map(str, args)], env=cloud.environment(), stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        log.seek(0, os.SEEK_END)
        give_up, seen = time.monotonic() + 60, 0
        while process.poll() is None and seen < requests:
            assert time.monotonic() < give_up
            time.sleep(0.001)
            seen += log.read().count(b"\n")
        if process.poll() is None:
            process.send_signal(with_signal)
        status = process.wait(timeout=60)
        log.read()
        time.sleep(0.1)
        while log.read():  # what the cloud was still about
            time.sleep(0.1)
        return status
