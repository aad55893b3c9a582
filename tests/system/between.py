# SPDX-License-Identifier: Apache-2.0
"""A proxy between cmekscan and a demo cloud, which may give answers of its own.

    with Between(cloud, lambda request: (500, {}, b"") if request.number % 9 == 0 else None) as between:
        run = cloud.run("scan", ..., env=between.environment())
"""
import dataclasses
import http.client
import http.server
import itertools
import json
import threading
import urllib.parse


@dataclasses.dataclass
class Request:
    number: int  # from 1
    path: str
    params: dict
    headers: dict


class Between:
    """`answer(request)` gives (status, headers, body), or None for the cloud's own. `seen` are all requests."""

    def __init__(self, cloud, answer):
        between = self
        self.cloud, self.seen = cloud, []
        numbers, lock, connections = itertools.count(1), threading.Lock(), threading.local()

        def forward(handler, body):
            connection = getattr(connections, "to_cloud", None)
            if not connection:
                connection = connections.to_cloud = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=60)
            headers = {name: value for name, value in handler.headers.items() if name.lower() != "host"}
            connection.request(handler.command, handler.path, body, headers)
            reply = connection.getresponse()
            kept = {name: value for name, value in reply.getheaders()
                    if name.lower() in ("content-type", "content-encoding", "retry-after")}
            return reply.status, kept, reply.read()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                path, _, query = self.path.partition("?")
                with lock:
                    request = Request(next(numbers), urllib.parse.unquote(path), dict(urllib.parse.parse_qsl(query)),
                                      dict(self.headers))
                    between.seen.append(request)
                status, headers, answered = answer(request) or forward(self, body)
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answered)))
                self.end_headers()
                self.wfile.write(answered)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        class Listener(http.server.ThreadingHTTPServer):
            request_queue_size = 512
            daemon_threads = True

        self.server = Listener(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def environment(self, **variables):
        moved = {name: value.replace(self.cloud.url, self.url) for name, value in self.cloud.variables.items()}
        return self.cloud.environment(**moved, **variables)

    def key_file(self, path):
        """A copy of the cloud's service account key that asks for tokens here."""
        key = json.loads(self.cloud.key_file.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**key, "token_uri": key["token_uri"].replace(self.cloud.url, self.url)}),
                        encoding="utf-8")
        return path
