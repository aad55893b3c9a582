# SPDX-License-Identifier: Apache-2.0
"""Where credentials are exchanged for tokens: OAuth, Google's Security Token Service, the IAM Credentials API, and the
metadata addresses of AWS and others, on one port. Verifies what it is sent, as the real ones do, and records it.

The last link of each chain answers with the token that the demo cloud takes, so that a scan only works when every
request on the way was right.
"""
import base64
import datetime
import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import botocore.auth
import botocore.awsrequest
import botocore.credentials
from google.auth import jwt

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
IAM_SCOPE = "https://www.googleapis.com/auth/iam"
AUDIENCE = "//iam.googleapis.com/projects/9/locations/global/workloadIdentityPools/pool/providers/provider"
WORKFORCE = "//iam.googleapis.com/locations/global/workforcePools/pool/providers/provider"
SUBJECT_TOKEN = "eyJhbGciOiJSUzI1NiJ9.c3ViamVjdA.c2lnbmF0dXJl"
CLIENT = ("client-id", "client-s3cret/+&=")
REFRESH_TOKEN = "1//refresh-token"
SESSION = "imds-session=="
TARGET = "target@demo.iam.gserviceaccount.com"
AWS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
AWS_SESSION = "aws-session/token+="
AWS_URL = "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"
JWT_TYPE = "urn:ietf:params:oauth:token-type:jwt"
AWS_TYPE = "urn:ietf:params:aws:token-type:aws4_request"
SAML_TYPE = "urn:ietf:params:oauth:token-type:saml2"
INTERMEDIATE = "ya29.intermediate-"


class Refusal(Exception):
    """What is wrong with a request."""


def expect(condition, complaint):
    if not condition:
        raise Refusal(complaint)


def aws_request(subject_token):
    """The request inside an AWS subject token: (url, method, headers)."""
    request = json.loads(urllib.parse.unquote(subject_token))
    names = [each["key"].lower() for each in request["headers"]]
    expect(len(names) == len(set(names)), "a header twice")
    return request["url"], request["method"], {each["key"].lower(): each["value"] for each in request["headers"]}


def check_aws(subject_token, audience, unsigned=()):
    """Signs the same request with botocore and compares the signatures; all headers must be signed but `unsigned`."""
    url, method, headers = aws_request(subject_token)
    expect(method == "POST" and headers["x-goog-cloud-target-resource"] == audience, "not for this provider")
    authorization = dict(part.split("=", 1) for part in headers["authorization"].split(" ", 1)[1].split(", "))
    signed = authorization["SignedHeaders"].split(";")
    expect(signed == sorted(set(headers) - {"authorization", *unsigned}), "a header is unsigned")
    key_id, day, region, service, _ = authorization["Credential"].split("/")
    expect(key_id == AWS["AWS_ACCESS_KEY_ID"] and urllib.parse.urlsplit(url).hostname == f"sts.{region}.amazonaws.com",
           "key or region")
    made = datetime.datetime.strptime(headers["x-amz-date"] + "+0000", "%Y%m%dT%H%M%SZ%z")
    expect(abs((datetime.datetime.now(datetime.timezone.utc) - made).total_seconds()) < 300 and
           headers["x-amz-date"].startswith(day), "not of now")
    expect(headers["host"] == urllib.parse.urlsplit(url).hostname, "another host")
    credentials = botocore.credentials.Credentials(key_id, AWS["AWS_SECRET_ACCESS_KEY"], headers.get("x-amz-security-token"))
    signer = botocore.auth.SigV4Auth(credentials, service, region)
    request = botocore.awsrequest.AWSRequest(method, url, data=b"", headers={
        name: value for name, value in headers.items() if name in signed and name != "host"})
    request.context["timestamp"] = headers["x-amz-date"]
    text = signer.string_to_sign(request, signer.canonical_request(request))
    expect(signer.signature(text, request) == authorization["Signature"], "the signature is not botocore's")
    return headers.get("x-amz-security-token")


class TokenServer:
    """`refuse` maps a path to (status, body) to answer instead; `hold` is an event that answers wait for."""

    def __init__(self, final_token, service_account=None):
        self.final_token = final_token
        self.service_account = service_account
        self.requests = []
        self.refuse = {}
        self.hold = None
        self.missing = set()
        self.life = 3600
        self.login_is_last = True  # else what a login gives is good for impersonation only
        self.allows_imds_v1 = False
        self.unsigned = ()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                server.requests.append((self.command, self.path, headers, body))
                if server.hold:
                    server.hold.wait(30)
                status, text = server.reply(self.command, self.path, headers, body)
                data = text if isinstance(text, bytes) else text.encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = answer

            def log_message(self, *_):
                pass

        class Listener(ThreadingHTTPServer):
            def handle_error(self, *_):
                """A client that does not like our certificate is no news."""

        self.server = Listener(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.hold:
            self.hold.set()
        self.server.shutdown()
        self.server.server_close()

    def reply(self, method, path, headers, body):
        bare = path.split("?")[0]
        if bare in self.refuse:
            return self.refuse[bare]
        try:
            return 200, self.serve(method, bare, headers, body)
        except Refusal as refusal:
            return 400, json.dumps({"error": "invalid_request", "error_description": str(refusal)})

    def serve(self, method, path, headers, body):
        if path == "/v1/token":
            return self.exchange(headers, self.form(method, headers, body))
        if path == "/v1/oauthtoken":
            return self.refresh(headers, self.form(method, headers, body), True)
        if path == "/token":
            return self.oauth(headers, self.form(method, headers, body))
        if path.endswith(":generateAccessToken"):
            return self.impersonate(method, path, headers, json.loads(body))
        return self.metadata(method, path, headers)

    # Token endpoints

    def form(self, method, headers, body):
        expect(method == "POST" and headers["content-type"] == "application/x-www-form-urlencoded", "no form")
        pairs = urllib.parse.parse_qsl(body, keep_blank_values=True, strict_parsing=True)
        expect(len(dict(pairs)) == len(pairs) and all(value for _, value in pairs), "a member twice, or empty")
        return dict(pairs)

    def token(self, scope, **more):
        """The one that the scan may use, or one that is good for impersonation only."""
        is_final = scope == SCOPE
        return json.dumps({"access_token": self.final_token if is_final else INTERMEDIATE + "1", "expires_in": self.life,
                           "token_type": "Bearer", **more})

    def exchange(self, headers, form):
        """RFC 8693 with Google's additions."""
        wanted = {"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
                  "requested_token_type": "urn:ietf:params:oauth:token-type:access_token"}
        expect(all(form.get(name) == value for name, value in wanted.items()), "no token exchange")
        expect(form["scope"] in (SCOPE, IAM_SCOPE), "another scope")
        expect(set(form) <= {*wanted, "scope", "audience", "subject_token", "subject_token_type", "options"}, "more")
        expect(form["audience"] in (AUDIENCE, WORKFORCE), "another audience")
        if form["subject_token_type"] == AWS_TYPE:
            check_aws(form["subject_token"], form["audience"], self.unsigned)
        else:
            expect(form["subject_token"] == SUBJECT_TOKEN, "the subject token is another")
        if "authorization" in headers:
            self.check_client(headers)
            expect("options" not in form, "options besides a client")
        elif form["audience"] == WORKFORCE:
            expect(json.loads(urllib.parse.unquote(form["options"])) == {"userProject": "1234"}, "no user project")
        return self.token(form["scope"], issued_token_type=wanted["requested_token_type"])

    def check_client(self, headers):
        kind, value = headers["authorization"].split(" ")
        expect(kind == "Basic" and base64.b64decode(value, validate=True).decode() == ":".join(CLIENT), "another client")

    def refresh(self, headers, form, is_workforce):
        expect(form.pop("grant_type") == "refresh_token" and form.pop("refresh_token") == REFRESH_TOKEN, "no login")
        if is_workforce:
            self.check_client(headers)
        else:
            expect((form.pop("client_id"), form.pop("client_secret")) == CLIENT, "another client")
        expect(not form, "more")
        # A login's token has all the scopes that were agreed to.
        return self.token(SCOPE if self.login_is_last else IAM_SCOPE)

    def oauth(self, headers, form):
        if form.get("grant_type") == "refresh_token":
            return self.refresh(headers, form, False)
        expect(form.get("grant_type") == "urn:ietf:params:oauth:grant-type:jwt-bearer", "another grant")
        claims = jwt.decode(form["assertion"], certs=self.service_account["public_key"],
                            audience="https://oauth2.googleapis.com/token")
        expect(claims["iss"] == self.service_account["client_email"], "another account")
        return self.token(claims["scope"])

    def impersonate(self, method, path, headers, body):
        account = path.removeprefix("/v1/projects/-/serviceAccounts/").removesuffix(":generateAccessToken")
        expect(method == "POST" and headers["content-type"] == "application/json", "no JSON")
        expect(headers["authorization"] == f"Bearer {INTERMEDIATE}1", "another bearer")
        expect(account == TARGET and body["scope"] == [SCOPE], "another account or scope")
        expect(all(each.startswith("projects/-/serviceAccounts/") for each in body.get("delegates") or []), "a delegate")
        expires = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=int(body["lifetime"][:-1]))
        return json.dumps({"accessToken": self.final_token, "expireTime": expires.strftime("%Y-%m-%dT%H:%M:%SZ")})

    # Neighbours

    def metadata(self, method, path, headers):
        if path == "/subject.txt":
            expect(headers.get("x-secret") == "header-s3cret", "no header")
            return SUBJECT_TOKEN
        if path == "/subject.json":
            return json.dumps({"value": SUBJECT_TOKEN})
        if path == "/latest/api/token":
            expect(method == "PUT" and headers["x-aws-ec2-metadata-token-ttl-seconds"] == "300", "no session")
            return SESSION
        expect(method == "GET" and path.startswith("/latest/meta-data/"), "no such thing")
        if not self.allows_imds_v1:
            expect(headers.get("x-aws-ec2-metadata-token") == SESSION, "no session")
        keys = {"AccessKeyId": AWS["AWS_ACCESS_KEY_ID"], "SecretAccessKey": AWS["AWS_SECRET_ACCESS_KEY"],
                "Token": AWS_SESSION, "Code": "Success", "Expiration": "2099-01-01T00:00:00Z"}
        answers = {"placement/availability-zone": "us-east-2b", "iam/security-credentials": "role-of.this_1",
                   "iam/security-credentials/role-of.this_1": json.dumps(keys)}
        expect(path.removeprefix("/latest/meta-data/") in answers, "no such thing")
        return answers[path.removeprefix("/latest/meta-data/")]
