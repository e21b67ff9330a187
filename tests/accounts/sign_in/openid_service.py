"""A sign-in service of an organisation, as real ones answer: discovery, keys, token and userinfo, signed with RS256."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Service:
    """`claims` are laid over those of the ID token (None takes one away), `userinfo` is what userinfo says; `broken`
    names what answers with an error, `asked` what was asked for."""

    issuer: str
    client_id: str = "joinedup"
    secret: str = "the secret of the client"
    claims: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=lambda: {"sub": "subject-1"})
    config: dict[str, Any] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    key: Any = KEY
    algorithm: str = "RS256"
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def sign_in(self, address: str) -> dict[str, str]:
        """What a person who signs in there comes back with; `address` is where our page led."""
        return self.came({name: each[0] for name, each in parse_qs(urlsplit(address).query).items()})

    def came(self, sent: dict[str, str]) -> dict[str, str]:
        code = f"code-{len(self.codes)}"
        self.codes[code] = sent
        return {"code": code, "state": sent["state"]}

    def answer(self, path: str, sent: dict[str, str], bearer: str) -> tuple[int, Any]:
        name = path.rpartition("/")[2]
        self.asked.append(name)
        if name in self.broken:
            return 503, {"error": "down", "access_token": "secret-token"}
        if name == "openid-configuration":
            return 200, self._config()
        if name == "keys":
            return 200, {
                "keys": [json.loads(RSAAlgorithm.to_jwk(KEY.public_key())) | {"kid": "1", "use": "sig"}]
            }
        if name == "authorize":
            return 302, f"{sent['redirect_uri']}?{urlencode(self.came(sent))}"
        if name == "token":
            return self._token(sent)
        return (200, self.userinfo) if bearer == "Bearer secret-token" else (401, {"error": "invalid_token"})

    def _config(self) -> dict[str, Any]:
        ends = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        told = {f"{each}_endpoint": f"{self.issuer}/{end}" for each, end in ends.items()}
        methods = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
        return told | methods | {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys"} | self.config

    def _token(self, sent: dict[str, str]) -> tuple[int, Any]:
        began = self.codes.pop(sent.get("code", ""), None)
        if began is None or sent.get("client_secret") != self.secret:
            return 400, {"error": "invalid_grant"}
        hashed = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
        if challenge != began["code_challenge"] or sent["redirect_uri"] != began["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": self.client_id, "sub": "subject-1", "iat": now, "exp": now + 300,
            "nonce": began["nonce"], "email": "bob@example.org", "email_verified": True,
        }  # fmt: skip
        claims = {name: each for name, each in (claims | self.claims).items() if each is not None}
        key = "x" * 64 if self.algorithm == "HS256" else None if self.algorithm == "none" else self.key
        signed = jwt.encode(claims, key, algorithm=self.algorithm, headers={"kid": "1"})
        return 200, {
            "access_token": "secret-token",
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": signed,
        }


@contextmanager
def running() -> Iterator[Service]:
    """On a free port of loopback until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(urlsplit(self.path).query)

        def do_POST(self) -> None:
            self._say(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _say(self, query: str) -> None:
            sent = {name: each[0] for name, each in parse_qs(query).items()}
            bearer = self.headers.get("Authorization", "")
            status, found = service.answer(urlsplit(self.path).path, sent, bearer)
            body = json.dumps(found).encode()
            self.send_response(status)
            if status == 302:
                self.send_header("Location", found)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service = Service(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
