"""Writers note every write that was acknowledged while processes are killed at random; then the records are asked."""

from __future__ import annotations

import http.client
import os
import random
import re
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from fault_kinds.installation import COORDINATOR, Site, copied, end, kill, processes_of
from fault_kinds.mail_double import MailDouble
from fault_kinds.postgres import Server, fill

PARTNERSHIP, EVENT = "islington-camden-hackney", "joining-up-next"
PLACES = ("E09000007", "E09000012", "E09000019")
# In one spreadsheet; every third is so large that it is left to the worker.
BODIES, MANY_BODIES, EVERY = 12, 120, 3
TARGETS = [
    *("command", "server", "a process of the server", "worker", "all"),
    *("PostgreSQL", "PostgreSQL: one of its backends"),
]
GONE = (OSError, http.client.HTTPException)


@dataclass
class Noted:
    """What was answered, by kind of write: acknowledged, refused with a page, or no answer (which promises nothing)."""

    partner: str
    acknowledged: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in KINDS})
    others: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, name: str, answer: tuple[int, str, str] | None) -> bool:
        with self.lock:
            if answer and answer[0] == 302 and "/account/" not in answer[1]:
                self.acknowledged[kind].append(name)
                return True
            self.others[f"{kind}: {answer[0] if answer else 'no answer'}"] += 1
            return False


KINDS = ("ask", "registration", "spreadsheet", "accepted", "import", "backup")


def killed(home: Path, *, port: int, postgresql: bool, seconds: float, seed: int) -> dict[str, Any]:
    """One round on one database: the figures, of which those that begin with “lost”, “half”, “twice” have to be 0."""
    with tempfile.TemporaryDirectory(prefix="jf-") as folder:
        server = None
        if postgresql:
            Path(folder).chmod(0o755)
            (Path(folder) / "pg").mkdir(mode=0o755)
            server = Server(Path(folder) / "pg")
        try:
            return _round(home, Path(folder), port, server, seconds, seed)
        finally:
            if server:
                server.stop()


def _round(
    home: Path, folder: Path, port: int, server: Server | None, seconds: float, seed: int
) -> dict[str, Any]:
    mail = MailDouble()
    site = copied(home, folder / "home", port=port, mail_port=mail.port, log=folder / "log")
    if server:
        site.database = server.address
        # The programs of that server, for backups.
        site.more["PATH"] = f"{server.programs}:{os.environ['PATH']}"
        fill(site, site.home / "records.sqlite3")
    (folder / "backups").mkdir()
    before = site.run("check").stdout.splitlines()
    site.sign_in(COORDINATOR)
    noted, stop = Noted(a_partner(site)), threading.Event()
    dice = random.Random(seed)
    writers = [
        *(
            threading.Thread(target=_write, args=(site, noted, stop, n, write))
            for n, write in enumerate(WRITERS)
        ),
        threading.Thread(target=_import, args=(site, noted, stop, folder, random.Random(seed + 1))),
        threading.Thread(
            target=_back_up, args=(site, noted, stop, folder / "backups", random.Random(seed + 2))
        ),
    ]
    serving, worker = site.serve(), site.start("worker")
    for each in writers:
        each.start()
    until, left = time.monotonic() + seconds, []
    try:
        while time.monotonic() < until:
            time.sleep(dice.uniform(2.0, 9.0))
            # Each as often as the others, in any order.
            left = left or dice.sample(TARGETS, len(TARGETS))
            what = left.pop()
            own = processes_of(serving)
            if what.startswith("PostgreSQL"):
                if server:
                    noted.kills[what] += 1
                    server.kill(whole=what == "PostgreSQL", dice=dice)
                continue
            if what in ("worker", "all"):
                end(worker)
            if what == "command":
                kill(*own[:1])
            elif what == "server":
                kill(*own[1:2])
            elif what == "a process of the server":
                kill(*own[2:3])
            elif what == "all":
                kill(*own)
            noted.kills[what] += 1
            if worker.poll() is not None:
                worker = site.start("worker")
            time.sleep(0.5)
            if not site.is_ready():
                end(serving)
                serving = site.serve()
        stop.set()
        for each in writers:
            each.join()
        time.sleep(12)  # the worker looks every ten seconds
    finally:
        stop.set()
        end(serving)
        end(worker)
    return _judged(site, noted, mail, folder, before)


def _write(site: Site, noted: Noted, stop: threading.Event, thread: int, write: Any) -> None:
    number = 0
    while not stop.is_set():
        number += 1
        with suppress(*GONE):
            write(site, noted, f"{thread}-{number}", number)
        time.sleep(0.05)


def _answer(site: Site, *words: Any, **more: Any) -> tuple[int, str, str] | None:
    try:
        return site.ask(*words, **more)
    except GONE:
        time.sleep(0.2)
        return None


@cache
def a_partner(site: Site) -> str:
    """The address of a partner of the partnership, which each demonstration calls differently."""
    return str(site.python(A_PARTNER, PARTNERSHIP))


def _ask(site: Site, noted: Noted, name: str, number: int) -> None:
    form = {"kind": "need", "text": f"Fault {name}", "themes": THEMES, "marking": "partnership"}
    to = f"/partners/{noted.partner}/asks/add/"
    noted.note("ask", f"Fault {name}", _answer(site, "POST", to, form, by=COORDINATOR))


def _register(site: Site, noted: Noted, name: str, number: int) -> None:
    email = f"fault-{name}@example.org"
    form = {"part": "resident", "email": email, "themes": THEMES[0]}
    client = f"10.9.{number >> 8 & 255}.{number & 255}"
    answer = _answer(site, "POST", f"/events/{EVENT}/register/", form, client=client)
    noted.note("registration", email, answer)


def _spreadsheet(site: Site, noted: Noted, name: str, number: int) -> None:
    size = BODIES if number % EVERY else MANY_BODIES
    rows = [f"Fault {name} body {n},Charity,Hackney" for n in range(size)]
    file = (f"fault-{name}.csv", "\n".join(["Organisation,Sector,Places they serve", *rows, ""]))
    to = f"/bring/{PARTNERSHIP}/new/"
    answer = _answer(site, "POST", to, {"kind": "partners"}, by=COORDINATOR, file=file)
    if not noted.note("spreadsheet", file[0], answer) or answer is None:
        return
    found = re.search(r"/bring/upload/(\d+)/", answer[1])
    to = f"/bring/upload/{found.group(1) if found else 0}"
    columns = {"column-0": "name", "column-1": "sector", "column-2": "serves"}
    _answer(site, "POST", f"{to}/columns/", columns, by=COORDINATOR)
    accepted = _answer(site, "POST", f"{to}/preview/", {"accept": "1", "leave_out": "1"}, by=COORDINATOR)
    noted.note("accepted", file[0], accepted)


def _size_of(file_name: str) -> int:
    number = int(file_name.removesuffix(".csv").rpartition("-")[2])
    return BODIES if number % EVERY else MANY_BODIES


WRITERS = (_ask, _register, _spreadsheet)
THEMES = ["group-conflict", "trusted-adult"]


def _import(site: Site, noted: Noted, stop: threading.Event, folder: Path, dice: random.Random) -> None:
    number = 0
    # An import holds the turn to write for as long as it works the figures out.
    while not stop.wait(dice.uniform(2.0, 8.0)):
        number += 1
        file = folder / f"fault-{number}.csv"
        lines = [
            f"{place},2024-{1 + number % 12:02},robbery,{number * 10 + n},," for n, place in enumerate(PLACES)
        ]
        file.write_text("\n".join(["place,period,indicator,count,denominator,value", *lines, ""]))
        process = site.start("import", file)
        if dice.random() < 0.6:
            time.sleep(dice.uniform(0.5, 12.0))
            if process.poll() is None:
                end(process)
                noted.kills["import"] += 1
                continue
        if process.wait() == 0:
            noted.acknowledged["import"].append(file.name)
        else:
            noted.others[f"import: status {process.returncode}"] += 1


def _back_up(site: Site, noted: Noted, stop: threading.Event, to: Path, dice: random.Random) -> None:
    while not stop.wait(dice.uniform(1.0, 6.0)):
        process = site.start("backup", to)
        if dice.random() < 0.6:
            time.sleep(dice.uniform(0.5, 5.0))
            if process.poll() is None:
                end(process)
                noted.kills["backup"] += 1
                continue
        if process.wait() == 0:
            noted.acknowledged["backup"].append("one")
        else:
            noted.others[f"backup: status {process.returncode}"] += 1


def _judged(site: Site, noted: Noted, mail: MailDouble, folder: Path, before: list[str]) -> dict[str, Any]:
    # What was killed in the middle is gone on with: sheets by a worker, figures by the next import.
    last = folder / "fault-last.csv"
    last.write_text(f"place,period,indicator,count,denominator,value\n{PLACES[0]},2024-01,robbery,1,,\n")
    site.run("import", last)
    # Whoever goes on with a sheet counts as gone after a minute without a word.
    time.sleep(65)
    site.run("worker", "--once")
    kept = site.python(KEPT, folder / "backups")
    done = noted.acknowledged
    asks, people, uploads = kept["asks"], kept["people"], kept["uploads"]
    accepted = {name: kept["bodies"].get(name, 0) for name in uploads}
    checked = site.run("check")
    new = [line for line in checked.stdout.splitlines() if line not in before and "orphan" not in line]
    sent = {each.to for each in mail.received} | set(kept["waiting_for"])
    return {
        "killed": dict(noted.kills),
        "acknowledged": {name: len(each) for name, each in done.items()},
        "not acknowledged": dict(noted.others),
        "lost asks": len(set(done["ask"]) - asks.keys()),
        "lost registrations": len(set(done["registration"]) - people.keys()),
        "lost spreadsheets": len(set(done["spreadsheet"]) - uploads.keys()),
        "lost acceptances": sum(accepted.get(name) != _size_of(name) for name in done["accepted"]),
        "lost imports": len(set(done["import"]) - kept["datasets"].keys()),
        "lost backups": max(len(done["backup"]) - kept["backups"], 0),
        "half asks": sum(each["themes"] != len(THEMES) for each in asks.values()),
        "half spreadsheets": sum(each not in (0, _size_of(name)) for name, each in accepted.items()),
        "half imports": kept["figures that differ"]
        + sum(not each["whole"] for each in kept["datasets"].values()),
        "half files in the store": kept["damaged"],
        "half backups": kept["damaged backups"],
        "half audit (rows that are not one a change)": sum(
            each["audit"] != 1 for kind in (asks, people, uploads, kept["datasets"]) for each in kind.values()
        ),
        "left behind: partial files": kept["partial"],
        "mails received": len(mail.received),
        "twice mails (Message-ID and recipient)": len(mail.twice()),
        "twice words (subject and recipient)": len(mail.the_same_words()),
        "registered without a mail, sent or waiting": len(set(done["registration"]) - sent),
        "new findings of check": new,
        "lost soundness (status of check)": checked.returncode,
    }


A_PARTNER = """
import json, sys
from joinedup.partners.models import Partner
print(json.dumps(Partner.objects.filter(footprints__slug=sys.argv[1]).order_by("slug")[0].slug))
"""
# How many figures are not what they would be if they were worked out now.
FIGURES_THAT_DIFFER = """
stored = {(each.indicator, each.place_id): each.value for each in Figure.objects.all()}
figures = recompute.work_out(observations.newest_first(), timezone.localdate(), lambda _part: None).figures
fresh = {(each.indicator, each.place_id): each.value for each in figures}
differ = len(stored.keys() ^ fresh.keys()) + sum(
    stored[key] != fresh[key] for key in stored.keys() & fresh.keys()
)
"""
KEPT = (
    """
import datetime, json, sys
from collections import Counter
from pathlib import Path
from django.utils import timezone
from joinedup.accounts.models import AuditEntry
from joinedup.evidence import observations, recompute, store
from joinedup.evidence.models import Dataset, Figure
from joinedup.mail.models import OutgoingMail
from joinedup.partners.models import Ask, Partner
from joinedup.registration.models import Attendee
from joinedup.site.backup_archive import Archive
from joinedup.spreadsheets.models import Upload

def audits(action):
    return Counter(AuditEntry.objects.filter(action=action).values_list("record_id", flat=True))

added, registered, brought, imported = map(audits, ("ask.add", "event.register", "spreadsheet.bring", "dataset.import"))
home = observations.home()
asks = {
    each.text: {"themes": each.themes.count(), "audit": added[str(each.pk)]}
    for each in Ask.objects.filter(text__startswith="Fault ")
}
people = {
    each.email: {"audit": registered[str(each.pk)]} for each in Attendee.objects.filter(email__startswith="fault-")
}
uploads, bodies = {}, {}
for each in Upload.objects.filter(file_name__startswith="fault-"):
    uploads[each.file_name] = {"audit": brought[str(each.pk)]}
for name in Partner.objects.filter(name__startswith="Fault ").values_list("name", flat=True):
    key = name.partition(" body")[0].replace("Fault ", "fault-") + ".csv"
    bodies[key] = bodies.get(key, 0) + 1
datasets = {
    each.file_name: {
        "audit": imported[str(each.pk)],
        "whole": (home / each.stored_as).is_file() and store.is_whole(home / each.stored_as),
    }
    for each in Dataset.objects.filter(file_name__startswith="fault-")
}
"""
    + FIGURES_THAT_DIFFER
    + """
damaged, backups = 0, 0
for path in Path(sys.argv[1]).glob("[!.]*.zip"):
    backups += 1
    try:
        Archive(path)
    except Exception:
        damaged += 1
print(json.dumps({
    "asks": asks, "people": people, "uploads": uploads, "bodies": bodies, "datasets": datasets,
    "figures that differ": differ,
    "damaged": sum(not store.is_whole(path) for path in home.glob("*.parquet")),
    "partial": len(list(home.glob(".partial-*"))) + len(list(Path(sys.argv[1]).glob(".joinedup-backup-*"))),
    "backups": backups, "damaged backups": damaged,
    # What waits, and what is told as perhaps sent, which is never sent a second time.
    "waiting_for": list(OutgoingMail.objects.exclude(state="sent").values_list("to", flat=True)),
}))
"""
)
