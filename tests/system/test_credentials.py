# SPDX-License-Identifier: Apache-2.0
"""Every kind of credential brings a scan its token; where google-auth knows the kind, its requests are the same."""
import json
import os
import signal
import socket
import ssl
import subprocess
import threading
import time
import urllib.parse

import google.auth
import google.auth.transport.requests
import pytest
import token_server as known
from certificates import make_authority, make_certificate
from cryptography.hazmat.primitives import serialization
from google.auth import aws, identity_pool, impersonated_credentials, jwt, pluggable
from scanning import PROGRAM, TOKEN, Cloud, assert_refused
from token_server import AUDIENCE, CLIENT, IAM_SCOPE, SCOPE, TARGET, WORKFORCE, TokenServer

PROJECT = "nordwind-shop-web"
DELEGATE = "projects/-/serviceAccounts/delegate@demo.iam.gserviceaccount.com"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    with Cloud(tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


@pytest.fixture
def service_account(cloud):
    account = json.loads(cloud.key_file.read_text(encoding="utf-8"))
    key = serialization.load_pem_private_key(account["private_key"].encode(), None)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {**account, "public_key": public}


@pytest.fixture
def server(service_account):
    with TokenServer(TOKEN, service_account) as server:
        yield server


def program(folder, text):
    """An executable of a credential_source."""
    path = folder / "a program"
    path.write_text("#!/bin/sh\n" + text, encoding="utf-8")
    path.chmod(0o700)
    return path


RESPONSE = {"version": 1, "success": True, "token_type": known.JWT_TYPE, "id_token": known.SUBJECT_TOKEN}
AWS_SOURCE = {"environment_id": "aws1", "regional_cred_verification_url": known.AWS_URL}


class Files:
    """Credential files of each kind, for one server."""

    def __init__(self, server, folder):
        self.server, self.folder, self.url = server, folder, server.url

    def external(self, source, **more):
        return {"type": "external_account", "audience": AUDIENCE, "subject_token_type": known.JWT_TYPE,
                "token_url": f"{self.url}/v1/token", "credential_source": source, **more}

    def text(self, **more):
        path = self.folder / "subject.txt"
        path.write_text(known.SUBJECT_TOKEN, encoding="utf-8")
        return self.external({"file": str(path)}, **more)

    def json_file(self):
        path = self.folder / "subject.json"
        path.write_text(json.dumps({"token": known.SUBJECT_TOKEN}), encoding="utf-8")
        return self.external({"file": str(path), "format": {"type": "json", "subject_token_field_name": "token"}})

    def from_url(self):
        return self.external({"url": f"{self.url}/subject.txt?api-version=1", "headers": {"X-Secret": "header-s3cret"}})

    def from_json_url(self):
        return self.external({"url": f"{self.url}/subject.json",
                              "format": {"type": "json", "subject_token_field_name": "value"}})

    def executable(self, **more):
        environment = self.folder / "environment"
        path = program(self.folder, f"[ \"$#\" = 2 ] && [ \"$2\" = '$HOME *' ] || exit 9\nenv > '{environment}'\n"
                       f"cat <<'END'\n{json.dumps(RESPONSE)}\nEND\n")
        command = f"'{path}' one \"\\$HOME *\"".replace("\\", "")
        return self.external({"executable": {"command": command, "timeout_millis": 20000}}, **more)

    def cached_executable(self):
        cache = self.folder / "cache"
        cache.write_text(json.dumps({**RESPONSE, "expiration_time": int(time.time()) + 600}), encoding="utf-8")
        return self.external({"executable": {"command": "/bin/false", "output_file": str(cache)}})

    def writing_executable(self):
        """Says nothing, but fills the file; the one that is there has expired."""
        cache = self.folder / "cache"
        cache.write_text(json.dumps({**RESPONSE, "expiration_time": 1}), encoding="utf-8")
        fresh = json.dumps({**RESPONSE, "expiration_time": int(time.time()) + 600})
        path = program(self.folder, f"printf %s '{fresh}' > \"$GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE\"\n")
        return self.external({"executable": {"command": f"'{path}'", "output_file": str(cache)}})

    def aws(self, **more):
        return {**self.external({**AWS_SOURCE, **more}), "subject_token_type": known.AWS_TYPE}

    def imds(self, **more):
        return self.aws(region_url=f"{self.url}/latest/meta-data/placement/availability-zone",
                        url=f"{self.url}/latest/meta-data/iam/security-credentials", **more)

    def imds_v2(self):
        return self.imds(imdsv2_session_token_url=f"{self.url}/latest/api/token")

    def imds_v1(self):
        self.server.allows_imds_v1 = True
        return self.imds()

    def impersonation_url(self):
        return f"{self.url}/v1/projects/-/serviceAccounts/{TARGET}:generateAccessToken"

    def impersonating(self):
        return self.text(service_account_impersonation_url=self.impersonation_url(), quota_project_id="quota-of-file",
                         service_account_impersonation={"token_lifetime_seconds": 1800})

    def workforce(self, **more):
        return {**self.text(workforce_pool_user_project="1234", **more), "audience": WORKFORCE}

    def workforce_client(self):
        return self.workforce(client_id=CLIENT[0], client_secret=CLIENT[1])

    def user(self):
        return {"type": "authorized_user", "client_id": CLIENT[0], "client_secret": CLIENT[1],
                "refresh_token": known.REFRESH_TOKEN, "token_uri": f"{self.url}/token"}

    def workforce_user(self):
        return {"type": "external_account_authorized_user", "audience": WORKFORCE, "client_id": CLIENT[0],
                "client_secret": CLIENT[1], "refresh_token": known.REFRESH_TOKEN, "token_url": f"{self.url}/v1/oauthtoken"}

    def account(self):
        return {**{name: value for name, value in self.server.service_account.items() if name != "public_key"},
                "token_uri": f"{self.url}/token"}

    def impersonated(self, source, **more):
        self.server.login_is_last = False
        return {"type": "impersonated_service_account", "source_credentials": source,
                "service_account_impersonation_url": self.impersonation_url(), **more}

    def impersonated_by_user(self):
        return self.impersonated({**self.user(), "quota_project_id": "quota-of-user"}, delegates=[DELEGATE])

    def impersonated_by_account(self):
        return self.impersonated(self.account(), delegates=[])

    def impersonated_by_workforce_user(self):
        return self.impersonated(self.workforce_user())

    def impersonated_by_external(self):
        return self.impersonated({**self.text(), "credential_source": self.text()["credential_source"]})


ALLOWED = {"GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES": "1"}
REGION = {"AWS_REGION": "us-east-1"}
# Credential file: what the environment must hold for it.
FLOWS = {
    "account": {}, "user": {}, "workforce_user": {},
    "text": {}, "json_file": {}, "from_url": {}, "from_json_url": {},
    "executable": ALLOWED, "cached_executable": ALLOWED, "writing_executable": ALLOWED,
    "aws": {**known.AWS, **REGION}, "imds_v1": {}, "imds_v2": {},
    "impersonating": {}, "workforce": {}, "workforce_client": {},
    "impersonated_by_user": {}, "impersonated_by_account": {}, "impersonated_by_workforce_user": {},
}
VARIANTS = [
    ("aws", {**known.AWS, "AWS_DEFAULT_REGION": "eu-central-1", "AWS_SESSION_TOKEN": known.AWS_SESSION}),
    ("imds_v2", {**REGION}), ("imds_v2", {**known.AWS}), ("imds_v2", {**known.AWS, **REGION}),
]


def write(folder, document):
    path = folder / "credentials.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def scan(cloud, path, *args, **variables):
    env = cloud.environment(CLOUDSDK_AUTH_ACCESS_TOKEN=None, GOOGLE_APPLICATION_CREDENTIALS=path, **variables)
    return cloud.run("scan", "--project", PROJECT, "--report", "json", *args, env=env)


def assert_scanned(run):
    assert run.status == 1, run.stderr
    assert json.loads(run.stdout)["summary"]["by_status"]["fail"] == 1
    for secret in (TOKEN, known.SUBJECT_TOKEN, *CLIENT[1:], known.REFRESH_TOKEN, "PRIVATE", *known.AWS.values()):
        assert secret not in run.stderr


# What was asked, with what differs from run to run left out

HEADERS = ["content-type", "x-goog-user-project", "metadata-flavor", "x-secret", "x-aws-ec2-metadata-token",
           "x-aws-ec2-metadata-token-ttl-seconds", "authorization"]


def plain_jwt(token):
    header, claims, _, _ = jwt._unverified_decode(token)
    return header, {**claims, "exp": claims["exp"] - claims["iat"], "iat": 0}


def plain_aws(token):
    url, method, headers = known.aws_request(token)
    headers.pop("x-amz-date")
    headers["authorization"] = headers["authorization"].split("/")[0]
    return url, method, headers


def plain_body(headers, body):
    if headers.get("content-type") == "application/json":
        return {name: value for name, value in json.loads(body).items() if value}
    form = dict(urllib.parse.parse_qsl(body))
    if "assertion" in form:
        form["assertion"] = plain_jwt(form["assertion"])
    if form.get("subject_token_type") == known.AWS_TYPE:
        form["subject_token"] = plain_aws(form["subject_token"])
    if "options" in form:
        form["options"] = json.loads(urllib.parse.unquote(form["options"]))
    return form


def plain(requests):
    """Each once: google-auth gets AWS's session twice."""
    exchanged = []
    for method, path, headers, body in requests:
        kept = {name: headers[name] for name in HEADERS if name in headers and (body or name != "content-type")}
        each = (method, path, kept, plain_body(headers, body))
        if each not in exchanged:
            exchanged.append(each)
    return exchanged


class Redirected(google.auth.transport.requests.Request):
    """google-auth asks Google itself for some kinds, whatever their files say."""

    def __init__(self, server):
        super().__init__()
        self.server = server

    def __call__(self, url, *args, **kwargs):
        for host in ("oauth2", "iamcredentials"):
            url = url.replace(f"https://{host}.googleapis.com", self.server.url)
        return super().__call__(url, *args, **kwargs)


def with_google_auth(path):
    """What google.auth.default makes of a file, without its look-up of the project."""
    document = json.loads(path.read_text(encoding="utf-8"))
    source = document.get("credential_source", {})
    if document["type"] == "external_account":
        module = aws if "environment_id" in source else pluggable if "executable" in source else identity_pool
        return module.Credentials.from_file(str(path), scopes=[SCOPE])
    # A login has its scopes already.
    scopes = None if document["type"] == "authorized_user" else [SCOPE]
    return google.auth.load_credentials_from_file(path, scopes=scopes)[0]


def assert_same_requests(server, monkeypatch, variables, load):
    """Ours are in the server's record already."""
    ours = plain(server.requests)
    server.requests.clear()
    for name in (*known.AWS, "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    server.unsigned = ("x-goog-cloud-target-resource",)  # added after it has signed
    credentials = load()
    credentials.refresh(Redirected(server))
    assert credentials.token == TOKEN
    assert ours == plain(server.requests)


@pytest.mark.parametrize("name,variables", [*FLOWS.items(), *VARIANTS])
def test_each_kind_scans_and_asks_what_google_auth_asks(cloud, server, tmp_path, monkeypatch, name, variables):
    path = write(tmp_path, getattr(Files(server, tmp_path), name)())
    assert_scanned(scan(cloud, path, **variables))
    assert server.requests or name == "cached_executable"
    if name == "writing_executable":
        write(tmp_path, getattr(Files(server, tmp_path), name)())  # expired again
    assert_same_requests(server, monkeypatch, variables, lambda: with_google_auth(path))


def test_impersonation_by_an_external_account_which_google_auth_lacks(cloud, server, tmp_path):
    assert_scanned(scan(cloud, write(tmp_path, Files(server, tmp_path).impersonated_by_external())))
    assert [path.split("/")[2] for _, path, _, _ in server.requests] == ["token", "projects"]


@pytest.mark.parametrize("source", ["user", "account", "text"])
def test_the_option_impersonates_along_a_chain(cloud, server, tmp_path, monkeypatch, source):
    server.login_is_last = False
    # google-auth does not look for it in a key file.
    quota = {} if source == "account" else {"quota_project_id": "quota-of-file"}
    path = write(tmp_path, {**getattr(Files(server, tmp_path), source)(), **quota})
    variables = {"CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS": server.url + "/"}
    chain = f"{DELEGATE.split('/')[-1]},{TARGET}"
    run = scan(cloud, path, "--impersonate-service-account", chain, **variables)
    assert_scanned(run)
    assert f"service account {TARGET} impersonated by " in run.stderr
    for name in ("CMEKSCAN_IMPERSONATE_SERVICE_ACCOUNT", "CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT"):
        assert_scanned(scan(cloud, path, **variables, **{name: chain}))
    assert_same_requests(server, monkeypatch, {}, lambda: impersonated_credentials.Credentials(
        with_google_auth(path), TARGET, [SCOPE], delegates=[DELEGATE],
        iam_endpoint_override=Files(server, tmp_path).impersonation_url()))


def test_a_program_gets_what_the_specification_says(cloud, server, tmp_path):
    path = write(tmp_path, Files(server, tmp_path).executable(
        service_account_impersonation_url=Files(server, tmp_path).impersonation_url()))
    assert_scanned(scan(cloud, path, **ALLOWED, GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE="another", MARK="kept"))
    lines = (tmp_path / "environment").read_text(encoding="utf-8").splitlines()
    told = dict(line.split("=", 1) for line in lines if line.startswith("GOOGLE_EXTERNAL_ACCOUNT_"))
    assert told == {**ALLOWED, "GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE": AUDIENCE,
                    "GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE": known.JWT_TYPE, "GOOGLE_EXTERNAL_ACCOUNT_ID": TARGET,
                    "GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL": TARGET, "GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE": "0",
                    "GOOGLE_EXTERNAL_ACCOUNT_REVOKE": "0"}
    assert len([line for line in lines if line.startswith("GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE=")]) == 1
    assert "MARK=kept" in lines


def test_a_program_is_not_run_unless_allowed(cloud, server, tmp_path):
    path = write(tmp_path, Files(server, tmp_path).executable())
    for variables in ({}, {"GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES": "true"}):
        assert_refused(scan(cloud, path, **variables), 4, "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1")
    assert not (tmp_path / "environment").exists() and server.requests == []


ERROR = {"version": 1, "success": False, "code": "401", "message": "Log in first"}


@pytest.mark.parametrize("script,pattern", [
    (f"echo '{json.dumps(RESPONSE)}'; exit 3", r"a program': it ended with status 3 "),
    (f"echo '{json.dumps(ERROR)}'; exit 1", r"it ended with status 1; the answer of the program .*error 401: Log in first"),
    (f"echo '{json.dumps(ERROR)}'", r"it reports error 401: Log in first"),
    ("echo s3cret >&2; exit 1", r"it ended with status 1 "),
    ("echo s3cret", r"the answer of the program"),
    ("kill -9 $$", r"it was ended by signal 9"),
    ("yes s3cret", r"it wrote more than 65536 bytes"),
])
def test_a_program_that_fails_brings_no_token(cloud, server, tmp_path, script, pattern):
    command = f"'{program(tmp_path, script)}'"
    path = write(tmp_path, Files(server, tmp_path).external({"executable": {"command": command}}))
    run = scan(cloud, path, **ALLOWED)
    assert_refused(run, 4, pattern)
    assert "s3cret" not in run.stderr and known.SUBJECT_TOKEN not in run.stderr and server.requests == []


# Trouble


def test_a_refusal_that_repeats_the_subject_token_is_not_repeated(cloud, server, tmp_path):
    for shown in (known.SUBJECT_TOKEN, known.SUBJECT_TOKEN[8:30]):
        server.refuse["/v1/token"] = (400, json.dumps({"error": "invalid_grant", "error_description": f"bad: {shown}"}))
        run = scan(cloud, write(tmp_path, Files(server, tmp_path).text()))
        assert_refused(run, 4, r"the Security Token Service answered 400 \(invalid_grant\); check the identity pool")
        assert shown not in run.stderr


@pytest.mark.parametrize("path,name,pattern", [
    ("/v1/token", "impersonating", r"the Security Token Service answered 403 \(PERMISSION_DENIED: No\)"),
    ("IAM", "impersonating", r"the IAM Credentials API answered 403 \(PERMISSION_DENIED: No\).*TokenCreator"),
    ("/latest/api/token", "imds_v2", r"AWS's metadata address answered 403"),
    ("/subject.txt", "from_url", r"credential_source.url\) answered 403"),
])
def test_each_link_says_who_refused(cloud, server, tmp_path, path, name, pattern):
    if path == "IAM":
        path = urllib.parse.urlsplit(Files(server, tmp_path).impersonation_url()).path
    server.refuse[path] = (403, json.dumps({"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "No"}}))
    assert_refused(scan(cloud, write(tmp_path, getattr(Files(server, tmp_path), name)())), 4, pattern)


def test_an_endless_answer_is_cut_off(cloud, server, tmp_path):
    server.refuse["/subject.txt"] = (200, b"x" * 10_000_000)
    assert_refused(scan(cloud, write(tmp_path, Files(server, tmp_path).from_url())), 4, "larger than the ceiling")


def test_a_foreign_host_is_refused_before_anything_is_sent(cloud, server, tmp_path):
    for member, url in (("token_url", "https://sts.example.test/v1/token"),
                        ("token_url", "http://sts.googleapis.com/v1/token"),
                        ("service_account_impersonation_url", "https://storage.googleapis.com/b/a@b:generateAccessToken")):
        run = scan(cloud, write(tmp_path, {**Files(server, tmp_path).impersonating(), member: url}))
        assert_refused(run, 4, f"{member} '{url.split('/')[0]}//{url.split('/')[2]}' is refused")
    assert server.requests == []
    assert_refused(scan(cloud, write(tmp_path, Files(server, tmp_path).text()), "--allow-token-host", "https://a/b"), 2,
                   "--allow-token-host")
    assert_refused(scan(cloud, write(tmp_path, Files(server, tmp_path).text()), "--impersonate-service-account", "x"), 2,
                   "--impersonate-service-account")


class Tunnel:
    """A proxy that leads every CONNECT to one port, and remembers what was asked for."""

    def __init__(self, port):
        self.port, self.asked = port, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(4096)
            self.asked.append(head.split(b"\r\n")[0].decode())
            upstream = socket.create_connection(("127.0.0.1", self.port))
            client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            for a, b in ((client, upstream), (upstream, client)):
                threading.Thread(target=self.pump, args=(a, b), daemon=True).start()

    @staticmethod
    def pump(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def test_an_allowed_host_is_reached_through_the_proxy_with_ones_own_authority(cloud, server, tmp_path):
    authority = make_authority(tmp_path, "authority")
    key, certificate = make_certificate(tmp_path, "sts", authority, "DNS:sts.example.test")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.server.socket = context.wrap_socket(server.server.socket, server_side=True)
    tunnel = Tunnel(server.server.server_port)
    path = write(tmp_path, {**Files(server, tmp_path).text(), "token_url": "https://sts.example.test/v1/token"})
    assert_refused(scan(cloud, path, "--ca-file", authority[1], HTTPS_PROXY=tunnel.url), 4,
                   "add --allow-token-host sts.example.test")
    assert tunnel.asked == []
    allowed = ["--allow-token-host", "sts.example.test"]
    assert_refused(scan(cloud, path, *allowed, HTTPS_PROXY=tunnel.url), 4, "certificate is not trusted")
    assert_scanned(scan(cloud, path, *allowed, "--ca-file", authority[1], HTTPS_PROXY=tunnel.url))
    assert_scanned(scan(cloud, path, HTTPS_PROXY=tunnel.url, CMEKSCAN_ALLOW_TOKEN_HOST="a.test,sts.example.test",
                        SSL_CERT_FILE=authority[1]))
    assert set(tunnel.asked) == {"CONNECT sts.example.test:443 HTTP/1.1"}
    before = len(tunnel.asked)
    run = scan(cloud, path, *allowed, "--max-attempts", "1", HTTPS_PROXY=tunnel.url, NO_PROXY="example.test")
    assert_refused(run, 4, "cannot resolve the host name")
    assert len(tunnel.asked) == before


# Universes


def test_a_key_of_another_universe_signs_its_own_tokens(cloud, service_account, tmp_path):
    account = {name: value for name, value in service_account.items() if name not in ("public_key", "token_uri")}
    path = write(tmp_path, {**account, "universe_domain": "universe.test"})
    run = scan(cloud, path)
    assert_refused(run, 4, "universe domain of the credentials is 'universe.test'.*GOOGLE_CLOUD_UNIVERSE_DOMAIN to uni")
    assert_scanned(scan(cloud, path, GOOGLE_CLOUD_UNIVERSE_DOMAIN="universe.test"))
    assert_refused(scan(cloud, path, GOOGLE_CLOUD_UNIVERSE_DOMAIN="other.test"), 4, "'other.test' is asked for")
    assert_refused(scan(cloud, cloud.key_file, GOOGLE_CLOUD_UNIVERSE_DOMAIN="other.test"), 4, "is 'googleapis.com'")
    assert_refused(scan(cloud, path, GOOGLE_CLOUD_UNIVERSE_DOMAIN="https://x/"), 2, "GOOGLE_CLOUD_UNIVERSE_DOMAIN")


def test_endpoints_follow_the_universe(cloud, service_account, tmp_path):
    """Asked through a proxy, since nothing of that name can be resolved."""
    account = {name: value for name, value in service_account.items() if name not in ("public_key", "token_uri")}
    path = write(tmp_path, {**account, "universe_domain": "universe.test"})
    tunnel = Tunnel(cloud.port)
    env = {name: None for name in cloud.variables}
    scan(cloud, path, "--max-attempts", "1", **env, HTTPS_PROXY=tunnel.url, GOOGLE_CLOUD_UNIVERSE_DOMAIN="universe.test")
    assert tunnel.asked and all(".universe.test:443" in each for each in tunnel.asked), tunnel.asked
    assert "CONNECT cloudresourcemanager.universe.test:443 HTTP/1.1" in tunnel.asked


# Ctrl-C


def interrupt(cloud, path, is_waiting, **variables):
    """How long the program lives on after SIGINT, and how it ends."""
    env = cloud.environment(CLOUDSDK_AUTH_ACCESS_TOKEN=None, GOOGLE_APPLICATION_CREDENTIALS=path, **variables)
    process = subprocess.Popen([PROGRAM, "scan", "--project", PROJECT], env=env, stderr=subprocess.PIPE,
                               stdout=subprocess.DEVNULL, text=True)
    for _ in range(300):
        if is_waiting():
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)  # the token would take 30 s
    return process.returncode, said


def test_ctrl_c_does_not_wait_for_a_token(cloud, server, tmp_path):
    server.hold = threading.Event()
    status, said = interrupt(cloud, write(tmp_path, Files(server, tmp_path).text()), lambda: server.requests)
    assert status == 3 and "the scan was interrupted: 1 coverage gap," in said


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return b") Z" not in open(f"/proc/{pid}/stat", "rb").read()


def test_ctrl_c_ends_the_program_too_with_its_children(cloud, server, tmp_path):
    pids = tmp_path / "pids"
    path = program(tmp_path, f"sleep 60 & echo $$ $! > '{pids}.new'; mv '{pids}.new' '{pids}'; wait\n")
    credentials = Files(server, tmp_path).external({"executable": {"command": f"'{path}'"}})
    status, said = interrupt(cloud, write(tmp_path, credentials), pids.exists, **ALLOWED)
    assert status == 3 and "the scan was interrupted: 1 coverage gap," in said
    for _ in range(50):
        if not any(is_alive(int(pid)) for pid in pids.read_text().split()):
            break
        time.sleep(0.1)
    assert not any(is_alive(int(pid)) for pid in pids.read_text().split())


# In the middle of a scan


def test_a_short_lived_federated_token_is_renewed_while_scanning(cloud, server, tmp_path):
    """Every request pauses, so that the scan outlives the tokens; none of its answers is lost."""
    server.life = 2
    with Cloud(tmp_path / "slow", faults="latency=400ms") as slow:
        run = scan(slow, write(tmp_path, Files(server, tmp_path).executable()), **ALLOWED)
    assert_scanned(run)
    assert len([path for _, path, _, _ in server.requests if path == "/v1/token"]) > 1
    assert IAM_SCOPE not in str(server.requests)
