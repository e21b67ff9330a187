"""A mail server on this machine that accepts every mail and remembers to whom each went."""

from __future__ import annotations

import email
import socketserver
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from email.policy import default


@dataclass(frozen=True)
class Received:
    message_id: str
    to: str
    subject: str


class MailDouble:
    """`received` grows as mails come in; whatever the client does next, what it was told was accepted is there."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        outer = self

        class Talk(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with suppress(ConnectionError):  # the client was killed
                    self._talk()

            def _talk(self) -> None:
                self._say("220 double")
                to: list[str] = []
                while line := self.rfile.readline():
                    word = line.strip().upper()
                    if word.startswith(b"RCPT"):
                        to.append(line.decode().partition(":")[2].strip().strip("<>"))
                    if word == b"DATA":
                        self._say("354 go on")
                        if self._data(to):
                            to = []
                    elif word == b"QUIT":
                        self._say("221 bye")
                        return
                    else:
                        self._say("250 ok")

            def _data(self, to: list[str]) -> bool:
                lines = []
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line)
                if line == b"":
                    return False  # the client was killed in the middle: nothing was accepted
                mail = email.message_from_bytes(b"".join(lines), policy=default)
                for each in to:
                    outer.received.append(Received(mail["Message-ID"], each, mail["Subject"]))
                self._say("250 accepted")
                return True

            def _say(self, words: str) -> None:
                try:
                    self.wfile.write(words.encode() + b"\r\n")
                except OSError:
                    return  # killed before it could hear that

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = allow_reuse_address = True

        self._server = Server(("127.0.0.1", 0), Talk)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def twice(self) -> list[str]:
        """Message-IDs that one recipient was sent more than once, and mails of the same words to the same person."""
        by_id = Counter((each.message_id, each.to) for each in self.received)
        return [name for (name, _to), number in by_id.items() if number > 1]

    def the_same_words(self) -> list[tuple[str, str]]:
        """(recipient, subject) that came more than once, whatever their Message-ID."""
        found = Counter((each.to, each.subject) for each in self.received)
        return [each for each, number in found.items() if number > 1]
