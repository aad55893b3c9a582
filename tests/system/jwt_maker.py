# SPDX-License-Identifier: Apache-2.0
"""JSON Web Tokens with any header, claims and signature: also those that no library would make."""
import base64
import json

from google.auth import crypt


def _encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def make(key, header, claims, signature=None):
    """header.claims.signature, signed with the service account's key where no signature is given."""
    parts = [_encode(json.dumps({name: value for name, value in part.items() if value is not None}).encode())
             for part in (header, claims)]
    text = ".".join(parts)
    if signature is None:
        signature = crypt.RSASigner.from_service_account_info(key).sign(text)
    return f"{text}.{_encode(signature)}"
