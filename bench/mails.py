"""Mails while the worker is killed: 500 over SMTP, 5% of them refused, the worker killed (-9) twice in between.

    .venv/bin/python bench/mails.py [--mails 500] [--minutes 10]

Writes the mails in batches of ten over that time, as pages do, beside a worker of its own. It is killed once after the
mail server accepted a mail and before it hears so, and once before a mail's words leave; each time a new one follows at
once. In the end each mail that the server accepted must have been accepted once, each that it refused must be on the
coordinator's list once, and the one of which nobody could know must be told as doubtful. Prints the figures; ends with
1 where they are not so.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

REPO = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPO), str(REPO / "src")]
BATCH, EVERY = 10, 20


class Killer:
    """Kills the worker at a step of a mail that it was told of, and starts another."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment, self.wanted, self.killed = environment, "", 0
        self.lock = threading.Lock()
        self.worker = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", "import sys; sys.argv = ['joinedup', 'worker']; "
                   "from joinedup.cli.verbs import main; main()"]  # fmt: skip
        return subprocess.Popen(
            command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def at(self, step: str) -> None:
        # As long as a mail server nearby takes.
        time.sleep(0.005)
        with self.lock:
            if step != self.wanted:
                return
            self.wanted = ""
            self.worker.send_signal(signal.SIGKILL)
            self.worker.wait()
            self.killed += 1
            self.worker = self.start()

    def end(self) -> None:
        self.worker.terminate()
        self.worker.wait()


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--mails", type=int, default=500)
    asked.add_argument("--minutes", type=float, default=10.0)
    given = asked.parse_args()
    from tests.mail.smtp_double import SmtpDouble

    with tempfile.TemporaryDirectory() as home:
        double = SmtpDouble()
        own = {
            "JOINEDUP_HOME": home, "DJANGO_SETTINGS_MODULE": "joinedup.site.settings",
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(double.port), "PYTHONPATH": os.pathsep.join(sys.path[:2]),
        }  # fmt: skip
        os.environ.update(own)
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        killer = Killer({**os.environ})
        double.at = killer.at
        try:
            return measured(given.mails, given.minutes * 60, double.accepted, killer)
        finally:
            killer.end()
            double.end()


def measured(number: int, seconds: float, accepted: list[str], killer: Killer) -> int:
    from django.db import transaction

    from joinedup.mail.outbox import waiting_since
    from joinedup.mail.send import send_on_commit

    begun, batches = time.monotonic(), [range(n, min(n + BATCH, number)) for n in range(0, number, BATCH)]
    kills = {len(batches) // 3: "yes", 2 * len(batches) // 3: "RCPT"}
    took: list[float] = []
    for n, batch in enumerate(batches):
        time.sleep(max(0.0, begun + n * seconds / len(batches) - time.monotonic()))
        killer.wanted = kills.get(n, killer.wanted)
        at = time.monotonic()
        with transaction.atomic():
            send_on_commit([a_mail(each) for each in batch])
        took.append(time.monotonic() - at)
    written = time.monotonic() - begun
    while waiting_since()[0] and time.monotonic() - begun < seconds + 900:
        time.sleep(1)
    return told(number, written, time.monotonic() - begun, took, accepted, killer.killed)


def a_mail(n: int) -> Any:
    from django.core.mail import EmailMultiAlternatives

    name = "refused" if n % EVERY == 0 else "reader"
    return EmailMultiAlternatives(
        f"A day {n}", "You come.", to=[f"{name}{n}@example.org"], reply_to=["a@example.org"]
    )


def told(
    number: int, written: float, ended: float, took: list[float], accepted: list[str], killed: int
) -> int:
    from joinedup.accounts.person import Person
    from joinedup.mail.models import OutgoingMail
    from joinedup.partners.undelivered import to_deal_with

    states = Counter(OutgoingMail.objects.values_list("state", flat=True))
    sent = set(OutgoingMail.objects.filter(state="sent").values_list("message_id", flat=True))
    listed = Counter(to_deal_with(Person.operator()).values_list("to", "state"))
    refused = {f"refused{n}@example.org" for n in range(0, number, EVERY)}
    twice = [each for each, times in Counter(accepted).items() if times > 1]
    doubtful = states["doubtful"]
    middle, most = 1000 * sorted(took)[len(took) // 2], 1000 * max(took)
    print(f"{number} mails written over {written:.0f} s, the last settled after {ended:.0f} s")
    print(f"the worker was killed {killed} times")
    print(f"writing a batch of {BATCH}: {middle:.0f} ms in the middle, {most:.0f} at most")
    print(f"accepted by the mail server: {len(accepted)}, of them twice: {len(twice)}")
    print(f"states: {dict(sorted(states.items()))}")
    right = {
        "none was accepted twice": not twice,
        "every mail that we call sent was accepted": sent <= set(accepted),
        "every mail that was accepted is called sent, or doubtful": len(set(accepted) - sent) <= doubtful,
        "every refused one is listed once": {to for to, state in listed if state == "refused"} == refused
        and all(times == 1 for times in listed.values()),
        "nothing else is lost": states["sent"] + states["refused"] + doubtful == number,
        "at most one doubtful for each kill": doubtful <= killed == 2,
    }
    for words, holds in right.items():
        print(f"{'yes' if holds else 'NO '} {words}")
    return 0 if all(right.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
