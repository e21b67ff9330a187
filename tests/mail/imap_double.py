"""A mailbox for tests: speaks as much IMAP (RFC 3501) as the worker needs, by TLS with a certificate of its own."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import re
import shlex
import socket
import socketserver
import ssl
import threading
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

FOLDER = "Returned mails"


def certificate(folder: Path) -> Path:
    """A file with a certificate for 127.0.0.1, signed by its own key, and that key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "A mailbox of a test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "mailbox.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(made.public_bytes(Encoding.PEM) + private)
    return file


class ImapDouble(socketserver.ThreadingTCPServer):
    """`mails`: what lies in FOLDER, each with its flags; `asked`: the most bytes of a mail that were asked for."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, certificate: Path, name: str, password: str) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.trusted = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.trusted.load_cert_chain(certificate)
        self.name, self.password = name, password
        self.mails: list[tuple[bytes, set[str]]] = []
        self.asked = 0
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        return self.trusted.wrap_socket(connection, server_side=True), address

    def handle_error(self, _request: object, _address: object) -> None:
        """A caller that does not trust the certificate is no error of ours."""

    def end(self) -> None:
        self.shutdown()
        self.server_close()


class _Session(socketserver.StreamRequestHandler):
    server: ImapDouble

    def say(self, words: bytes) -> None:
        self.wfile.write(words + b"\r\n")

    def handle(self) -> None:
        self.say(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] here")
        for line in self.rfile:
            tag, verb, *rest = line.decode().strip().split(" ", 2)
            words = getattr(self, f"on_{verb.lower()}")(rest[0] if rest else "")
            self.say(f"{tag} {words}".encode())
            if verb == "LOGOUT":
                return

    def on_capability(self, _rest: str) -> str:
        self.say(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN")
        return "OK done"

    def on_login(self, rest: str) -> str:
        return self._known(*shlex.split(rest))

    def on_authenticate(self, _rest: str) -> str:
        self.say(b"+ ")
        _as, name, password = base64.b64decode(self.rfile.readline()).decode().split("\0")
        return self._known(name, password)

    def _known(self, name: str, password: str) -> str:
        return (
            "OK done" if (name, password) == (self.server.name, self.server.password) else "NO who is that?"
        )

    def on_select(self, rest: str) -> str:
        if rest != f'"{FOLDER}"':
            return "NO such folder"
        self.say(f"* {len(self.server.mails)} EXISTS".encode())
        return "OK done"

    def on_search(self, rest: str) -> str:
        assert rest == "UNSEEN"
        unseen = [str(at) for at, (_raw, flags) in enumerate(self.server.mails, 1) if "\\Seen" not in flags]
        self.say(f"* SEARCH {' '.join(unseen)}".encode())
        return "OK done"

    def on_fetch(self, rest: str) -> str:
        asked = re.fullmatch(r"(\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", rest)
        assert asked
        self.server.asked = max(self.server.asked, int(asked[2]))
        raw = self.server.mails[int(asked[1]) - 1][0][: int(asked[2])]
        self.say(f"* {asked[1]} FETCH (BODY[]<0> {{{len(raw)}}}".encode() + b"\r\n" + raw + b")")
        return "OK done"

    def on_store(self, rest: str) -> str:
        number, _how, flag = rest.split(" ")
        self.server.mails[int(number) - 1][1].add(flag.strip("()"))
        return "OK done"

    def on_expunge(self, _rest: str) -> str:
        self.server.mails[:] = [each for each in self.server.mails if "\\Deleted" not in each[1]]
        return "OK done"

    def on_logout(self, _rest: str) -> str:
        self.say(b"* BYE")
        return "OK done"
