"""A mail server for tests and benches: speaks as much SMTP (RFC 5321) as smtplib needs, and notes what it accepted."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Callable

# Addresses that begin so are refused for good, and put off.
REFUSED, BUSY = b"refused", b"busy"


class SmtpDouble(socketserver.ThreadingTCPServer):
    """`accepted`: the Message-ID of each mail. `at` is called with the name of each step of a mail ("RCPT", "DATA" and
    then "yes", once it counts as accepted) right before its answer is given, and may take its time."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, at: Callable[[str], object] = lambda _step: None) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.accepted: list[str] = []
        self.at = at
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, _request: object, _address: object) -> None:
        """A caller that was killed is no error of ours."""

    def end(self) -> None:
        self.shutdown()
        self.server_close()


class _Session(socketserver.StreamRequestHandler):
    server: SmtpDouble

    def handle(self) -> None:
        self.say("220 double")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"QUIT":
                self.say("221 bye")
                return
            if word == b"DATA":
                self.take()
            elif word == b"RCPT":
                self.server.at("RCPT")
                self.say(answer_to(line))
            else:
                self.say("250 ok")

    def take(self) -> None:
        self.say("354 go on")
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        if not line:
            return
        self.server.at("DATA")
        found = re.search(rb"^Message-ID:\s*(<\S+>)", b"".join(lines), re.MULTILINE | re.IGNORECASE)
        with self.server.lock:
            self.server.accepted.append(found[1].decode() if found else "")
        self.server.at("yes")
        self.say("250 2.0.0 accepted")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


def answer_to(line: bytes) -> str:
    address = line.partition(b"<")[2]
    if address.startswith(REFUSED):
        return "550 5.1.1 no such user"
    return "451 4.3.0 later" if address.startswith(BUSY) else "250 ok"
