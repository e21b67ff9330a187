"""The disk fills while an import, a backup or a scan is under way; each is done once more when there is room again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fault_kinds.installation import COORDINATOR, Site
from fault_kinds.killed import FIGURES_THAT_DIFFER

# What is left on the disk as each of them begins, in kB: what stops it lies earlier or later.
ROOMS = (16, 64, 256, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768)


@dataclass
class Midway:
    """`answers`: what each said, by what there was room for. The lists name what should not have been."""

    answers: dict[str, dict[int, str]] = field(default_factory=dict)
    half: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    without_a_sentence: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        return {
            **{f"{name}, full midway: status by kB left": each for name, each in self.answers.items()},
            "half, full midway": self.half,
            "lost, full midway": self.lost,
            "half refusals without one sentence": self.without_a_sentence,
        }


def full_midway(site: Site, disk: Path, fill: Callable[[Path], None]) -> dict[str, Any]:
    """Each of three kinds of work with so much room left, and again with all of it: the second has to succeed, and to
    leave what it leaves where there was room at once."""
    found, ballast = Midway(), disk / "ballast"
    kinds = {"import": _import, "backup": _back_up, "scan": _scan}
    for name, work in kinds.items():
        for left in ROOMS:
            run, is_whole = work(site, disk, left)
            fill(ballast)
            with ballast.open("r+b") as file:
                file.truncate(max(ballast.stat().st_size - left * 1024, 0))
            done = run()
            ballast.unlink()
            said = (done.stderr.strip() or done.stdout.strip()).splitlines()
            found.answers.setdefault(name, {})[left] = f"{done.returncode} {said[-1][:70] if said else ''}"
            if done.returncode and any(line.startswith("Traceback") for line in said):
                found.without_a_sentence.append(f"{name}, {left} kB")
            if not is_whole(done.returncode == 0):
                found.half.append(f"{name}, {left} kB")
            if done.returncode or name == "scan":
                again = run()
                if again.returncode or not is_whole(True):
                    found.lost.append(f"{name}, {left} kB, once there was room")
    checked = site.run("check")
    if checked.returncode:
        found.lost.append(f"check: {checked.stdout.splitlines()[:3]}")
    return found.figures()


def _import(site: Site, disk: Path, left: int) -> tuple[Callable[[], Any], Callable[[bool], bool]]:
    file = disk / f"midway-{left}.csv"
    wards = site.python(WARDS)
    lines = [
        f"{ward},{year}-{month:02},robbery,{(left + n + month) % 37},,"
        for n, ward in enumerate(wards)
        for year in (2022, 2023, 2024)
        for month in range(1, 13)
    ]
    file.write_text("\n".join(["place,period,indicator,count,denominator,value", *lines, ""]))

    def is_whole(succeeded: bool) -> bool:
        held = site.python(HELD_OF_IMPORT, file.name)
        # Its files are there all or not at all. Figures may lag behind, as a note says, until it is gone on with.
        return bool(
            held["files"] == 1 and not held["differ"] if succeeded else not held["differ"] or held["due"]
        )

    return (lambda: site.run("import", file)), is_whole


def _back_up(site: Site, disk: Path, left: int) -> tuple[Callable[[], Any], Callable[[bool], bool]]:
    to = disk / f"midway-{left}.zip"
    # An older copy would be what fills the disk.
    for each in disk.glob("midway-*.zip"):
        each.unlink()

    def is_whole(succeeded: bool) -> bool:
        if not succeeded:
            return not to.exists() and not list(disk.glob(".joinedup-backup-*"))
        return site.run("backup", "--check", to).returncode == 0

    return (lambda: site.run("backup", to)), is_whole


def _scan(site: Site, disk: Path, left: int) -> tuple[Callable[[], Any], Callable[[bool], bool]]:
    number = site.python(ASK_FOR_SCAN, COORDINATOR)

    def is_whole(_succeeded: bool) -> bool:
        held = site.python(HELD_OF_SCAN, number)
        # Either done with all that belongs to it, or not done and without any of it.
        return bool(held["whole"] if held["state"] == "done" else not held["clusters"])

    return (lambda: site.run("worker", "--once")), is_whole


WARDS = """
import json
from joinedup.evidence.models import Figure
from joinedup.places.models import Place
print(json.dumps(sorted(Place.objects.filter(kind=Place.Kind.WARD).values_list("pk", flat=True))[:120]))
"""
HELD_OF_IMPORT = (
    """
import json, sys
from django.utils import timezone
from joinedup.evidence import observations, recompute, store
from joinedup.evidence.models import Dataset, Figure, FiguresDue
"""
    + FIGURES_THAT_DIFFER
    + """
held = Dataset.objects.filter(file_name=sys.argv[1])
assert all(store.is_whole(observations.home() / each.stored_as) for each in held)
print(json.dumps({"files": held.count(), "due": FiguresDue.objects.exists(), "differ": differ}))
"""
)
ASK_FOR_SCAN = """
import json, sys
from joinedup.accounts.models import User
from joinedup.accounts.person import Person
from joinedup.clusters.actions import ask_for_scan
from joinedup.places.models import Footprint
by, place = Person.of(User.objects.get(email=sys.argv[1])), Footprint.objects.get(slug="islington-camden-hackney")
print(json.dumps(ask_for_scan(by=by, footprint=place, kind="monthly").pk))
"""
HELD_OF_SCAN = """
import json, sys
from joinedup.clusters.models import Cluster, Scan
scan = Scan.objects.get(pk=int(sys.argv[1]))
print(json.dumps({
    "state": scan.state, "clusters": Cluster.objects.filter(scan=scan).count(),
    "whole": bool(scan.first and scan.areas and scan.null_maxima and scan.done == 1),
}))
"""
