"""The home lies on a small disk that fills: what is answered and kept, and whether it goes on once there is room."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fault_kinds.full_midway import full_midway
from fault_kinds.installation import COORDINATOR, Site, copied, end
from fault_kinds.killed import EVENT, PLACES, THEMES, a_partner

NO_ROOM = "There is no room left"


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of so many MB in memory, mounted while this lasts: for root only."""
    disk = folder / "disk"
    disk.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(disk)], check=False
    )
    if made.returncode:
        raise SystemExit("A small disk can be mounted by root only: run this as root, or leave out “full”.")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def full(home: Path, *, port: int) -> dict[str, Any]:
    size = sum(each.stat().st_size for each in home.rglob("*") if each.is_file()) // 2**20
    with tempfile.TemporaryDirectory(prefix="jf-") as folder, small_disk(Path(folder), size + 100) as disk:
        site = copied(home, disk / "home", port=port, log=Path(folder) / "log")
        site.more["SQLITE_TMPDIR"] = site.more["TMPDIR"] = str(disk)
        site.sign_in(COORDINATOR)
        warned = any(line.startswith("room:") for line in site.run("check").stdout.splitlines())
        serving = site.serve()
        try:
            filled = _filled(site, disk)
            return {"half warned before": int(not warned), **filled, **full_midway(site, disk, _fill)}
        finally:
            end(serving)


def _filled(site: Site, disk: Path) -> dict[str, Any]:
    before = site.python(HELD)
    acknowledged = [name for name in ("before 1", "before 2") if _ask(site, name)[0] == 302]
    file = disk / "fault.csv"
    lines = [f"{place},2024-03,robbery,{50 + n},," for n, place in enumerate(PLACES)]
    file.write_text("\n".join(["place,period,indicator,count,denominator,value", *lines, ""]))
    ballast = disk / "ballast"
    _fill(ballast)
    answers = []
    for number in range(100):
        answer = _ask(site, f"full {number}")
        if answer[0] == 302:
            acknowledged.append(f"full {number}")
        answers.append(answer)
    refused = [answer for answer in answers if answer[0] != 302]
    page = site.ask("GET", "/")[0]
    registered = site.ask(
        "POST",
        f"/events/{EVENT}/register/",
        {"part": "resident", "email": "full@example.org", "themes": THEMES[0]},
    )
    ready = site.ask("GET", "/readyz")
    imported, backed_up = site.run("import", file), site.run("backup", disk)
    scanned = site.run("worker", "--once")
    checked = site.run("check")
    ballast.unlink()
    acknowledged += [name for name in ("after 1", "after 2") if _ask(site, name)[0] == 302]
    after = site.run("check")
    once_more = site.run("backup", disk)
    kept = site.python(HELD)
    store = [path for path in (site.home / "store").iterdir() if path.name.startswith(".partial-")]
    return {
        "acknowledged": len(acknowledged),
        "refused while full": len(refused),
        "half refusals without the one sentence": sum(NO_ROOM not in each[2] for each in refused)
        + int(registered[0] != 302 and NO_ROOM not in registered[2]),
        "statuses of refusals": sorted({each[0] for each in refused}),
        "lost acknowledged writes": len({f"Room {name}" for name in acknowledged} - set(kept["asks"])),
        "a page that only reads, while full": page,
        "/readyz while full": ready[0],
        "half: datasets of the import that failed": len(kept["datasets"]) - len(before["datasets"]),
        "half: partial files in the store": len(store),
        "half: partial or damaged backups": len(list(disk.glob(".joinedup-backup-*")))
        + len(list(disk.glob("*.zip")))
        - int(once_more.returncode == 0),
        "lost: backup once there is room (status)": once_more.returncode and _last(once_more),
        "lost: writes once there is room": 2 - sum(name.startswith("after") for name in acknowledged),
        "half: half scans": kept["half scans"],
        "status and sentence of import": (imported.returncode, _last(imported)),
        "status and sentence of backup": (backed_up.returncode, _last(backed_up)),
        "status and sentence of worker --once": (scanned.returncode, _last(scanned)),
        "check while full": (checked.returncode, checked.stdout.splitlines()[:2]),
        "lost soundness (status of check, with room)": after.returncode,
    }


def _fill(ballast: Path) -> None:
    """Take all the room there is."""
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


def _ask(site: Site, name: str) -> tuple[int, str, str]:
    form = {"kind": "need", "text": f"Room {name}", "themes": THEMES, "marking": "partnership"}
    return site.ask("POST", f"/partners/{a_partner(site)}/asks/add/", form, by=COORDINATOR)


def _last(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
    return lines[-1] if lines else ""


HELD = """
import json
from joinedup.clusters.models import Scan
from joinedup.evidence.models import Dataset
from joinedup.partners.models import Ask
print(json.dumps({
    "asks": list(Ask.objects.filter(text__startswith="Room ").values_list("text", flat=True)),
    "datasets": list(Dataset.objects.values_list("pk", flat=True)),
    "half scans": Scan.objects.filter(state="done", first="").count(),
}))
"""
