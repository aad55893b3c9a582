# SPDX-License-Identifier: Apache-2.0
"""An API that answers what no API should: the scan ends in time and in bounds, with a gap for what it could not read."""
import gzip
import itertools
import json
import os
import subprocess
import threading
import zlib
from socketserver import StreamRequestHandler, ThreadingTCPServer

import pytest
from scanning import DEMO_ASSETS, PROGRAM, TOKEN, Direct, override, report_of
from test_faults import SCOPE, assert_honest

MIB = 1 << 20
PEAK_MIB = 3000  # 31 projects at once, at most 32 MiB of an answer each, and room for sanitizers
OPERATION = "storage.buckets.list"


class Raw:
    """A server that writes what `answer()` yields, whatever it is asked, until it ends or nobody listens any more."""

    def __init__(self, answer):
        class Handler(StreamRequestHandler):
            def handle(self):
                while self.rfile.readline().strip():
                    pass
                try:
                    for piece in answer():
                        self.wfile.write(piece)
                except OSError:
                    pass

        class Listener(ThreadingTCPServer):
            daemon_threads = allow_reuse_address = True
            request_queue_size = 128

        self.server = Listener(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def whole(body, status="200 OK", *headers):
    head = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return lambda: ["\r\n".join(head).encode() + b"\r\n\r\n" + body]


def chunk(body):
    return b"%x\r\n%s\r\n" % (len(body), body)


def endless(first, rest):
    def answer():
        yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        yield chunk(first)
        yield from itertools.repeat(chunk(rest))
    return answer


def endless_header():
    yield b"HTTP/1.1 200 OK\r\n"
    yield from (b"X-%d: %s\r\n" % (i, b"x" * 4000) for i in itertools.count())


def packed(first, rest, count):
    packer = zlib.compressobj(wbits=31)
    return b"".join([packer.compress(first), *(packer.compress(rest) for _ in range(count)), packer.flush()])


GZIP = "Content-Encoding: gzip"
BLANKS, TEXT = packed(b'{"items": [', b" " * MIB, 48), packed(b'{"kind": "', b"a" * MIB, 48)
HOSTILE = {
    "garbage": (whole(bytes(range(256)) * 40), {"invalid-answer"}),
    "garbage for ever": (endless(b"\x00\x01", b"\x7f" * MIB), {"answer-too-large", "invalid-answer"}),
    "blanks for ever": (endless(b'{"items": [', b" " * MIB), {"answer-too-large"}),
    "a text for ever": (endless(b'{"kind": "', b"a" * MIB), {"answer-too-large"}),
    "headers for ever": (endless_header, {"network-error"}),
    "a gzip bomb of blanks": (whole(BLANKS, "200 OK", GZIP), {"answer-too-large"}),
    "a gzip bomb of text": (whole(TEXT, "200 OK", GZIP), {"answer-too-large"}),
    "a gzip bomb in an error": (whole(TEXT, "403 Forbidden", GZIP), {"permission-denied"}),
    "gzip in gzip": (whole(gzip.compress(gzip.compress(b"{}")), "200 OK", GZIP), {"invalid-answer"}),
    "an unknown encoding": (whole(b"{}", "200 OK", "Content-Encoding: snappy"), {"network-error"}),
    "deep arrays": (whole(b'{"items": ' + b"[" * 1_000_000), {"invalid-answer"}),
    "deep objects": (whole(b'{"a":' * 200_000 + b"1" + b"}" * 200_000), {"invalid-answer"}),
    "a deep error": (whole(b'{"error": ' + b'{"details": [' * 100_000, "403 Forbidden"), {"permission-denied"}),
    "a name that is no UTF-8": (whole(b'{"items": [{"name": "a\xff\xfeb"}]}'), {"invalid-answer"}),
    "names that are none": (whole(b'{"items": [{"name": 7}, {"name": null}, {}]}'), {"invalid-answer"}),
    "a list of texts": (whole(b'{"items": ["a", "b"]}'), {"invalid-answer"}),
    "a number too large": (whole(b'{"items": 1e999999}'), {"invalid-answer"}),
    "two answers": (whole(b'{"items": []}{"items": []}'), {"invalid-answer"}),
}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    with Direct(tmp_path_factory.mktemp("cloud"), faults="few-locations") as cloud:
        yield cloud


@pytest.fixture(scope="module")
def offline():
    return report_of("--assets", DEMO_ASSETS)


@pytest.mark.parametrize("answer", HOSTILE)
def test_a_hostile_answer_is_a_gap(answer, cloud, offline, tmp_path):
    body, words = HOSTILE[answer]
    path = tmp_path / "report.json"
    with Raw(body) as server:
        command = [PROGRAM, "scan", *SCOPE, "--fail-on", "none", "--status", "all", "--report", f"json={path}",
                   "--max-attempts", "2", "--request-deadline", "90"]
        with subprocess.Popen(command, env=cloud.environment(**override("storage", server.url)), stderr=subprocess.PIPE,
                              text=True) as process:
            said = process.stderr.read()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
    assert "Sanitizer" not in said and TOKEN not in said, said
    report = json.loads(path.read_text(encoding="utf-8"))
    assert_honest(process.returncode, report, offline, {OPERATION})
    found = {gap["error"] for gap in report["coverage"] if gap["operation"] == OPERATION}
    assert found & words and found <= words | {"permission-denied"}
    assert usage.ru_maxrss / 1024 < PEAK_MIB
