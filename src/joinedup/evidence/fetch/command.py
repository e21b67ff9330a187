"""Fetch what is newer than what is held, for the command line: ask, download, import, compute figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import disk_usage
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.engines.words import counted, listing, plural
from joinedup.evidence.fetch.archive import Archive, Damaged, archive_path, months_published, street_file
from joinedup.evidence.fetch.forces import Force, forces
from joinedup.evidence.fetch.remote_file import RemoteFile
from joinedup.evidence.fetch.server import NoParts, NotFetched, NotThere, Server
from joinedup.evidence.import_command import Say, Taken, take_in_each
from joinedup.evidence.models import Dataset
from joinedup.evidence.sources.policeuk_street import SOURCE
from joinedup.evidence.withdrawal import refuse_lost_files
from joinedup.offline.temporary_folder import temporary_folder
from joinedup.places.queries import force_areas
from joinedup.places.words import plain

SPARE = 100 * 1024**2  # bytes that stay free on the disk
DOWNLOADED = list[tuple[Path, dict[str, Any]]]


@dataclass
class Months:
    """What became of the months of one force, each list newest first. `withdrawn`: held once, and withdrawn here."""

    force: Force
    wanted: list[str]
    held: list[str]
    withdrawn: list[str]
    not_sent: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.force.code,
            "id": self.force.id,
            "name": self.force.name,
            "fetched": [month for month in self.wanted if month not in self.not_sent],
            "held_before": self.held,
            "withdrawn": self.withdrawn,
            "not_sent": self.not_sent,
        }

    def sentences(self) -> list[str]:
        """About the months that were not fetched."""
        found = []
        if self.held:
            found.append(
                f"{self.force.name}: {counted(len(self.held), 'month')} held already, not fetched again."
            )
        if self.withdrawn:
            found.append(
                f"{self.force.name}: withdrawn here, not fetched again: {_shown(self.withdrawn)}. --again does."
            )
        if self.not_sent:
            found.append(f"{self.force.name}: no street file is published for {_shown(self.not_sent)}.")
        return found


@dataclass(frozen=True)
class Fetched:
    """What came of a run. `published`: the newest month of all; `archives`: which were read; `refused`: (file, why);
    `elsewhere`: codes of force areas held here that the publisher has no files for."""

    address: str
    published: str
    archives: list[str]
    months: list[Months]
    files: list[Taken]
    refused: list[tuple[str, str]]
    elsewhere: list[str]
    received: int

    def as_dict(self) -> dict[str, Any]:
        return {
            "from": self.address,
            "newest_month": self.published,
            "archives": self.archives,
            "forces": [each.as_dict() for each in self.months],
            "no_files_for": self.elsewhere,
            "files": [each.as_dict() for each in self.files],
            "refused": [{"file": name, "why": why} for name, why in self.refused],
        }

    def lines(self) -> list[str]:
        found = [each.sentence().partition("\n")[0] for each in self.files]
        found += [f"{name}: not taken in: {why}" for name, why in self.refused]
        found += [line for each in self.months for line in each.sentences()]
        found.append(
            f"Newest month published: {self.published}. {self.received / 1e6:,.1f} MB came from {self.address}."
        )
        return found


def fetch(
    *, by: Person, server: Server, months: int, say: Say, again: bool = False, whole: bool = False
) -> Fetched:
    """Fetch the street files of the newest `months` for every police force area held here, import them, and recompute
    the figures once.

    Months that are held (or withdrawn here) are left out, unless `again`. `whole`: download the whole archive if the
    server gives no parts of it. The files are kept together or not at all; one that is refused does not hold up the
    others. Raises ValidationError with one sentence when nothing can be fetched or nothing is newer.
    """
    require(by, "dataset.import")
    refuse_lost_files()
    own, elsewhere = _own_forces()
    try:
        say("Asking which months are published", None)
        published = months_published(server)
        wanted = _months(own, published[:months], again)
        if not any(each.wanted for each in wanted):
            raise ValidationError(_nothing_newer(published[0], wanted))
        with temporary_folder(Path(settings.HOME), "fetching-") as folder:
            run = _Download(server, folder, wanted, whole, say)
            run.fetch(published)
            if not run.files and not run.refused:
                raise ValidationError(_nothing_newer(published[0], wanted))
            taken, refused = take_in_each(by=by, files=run.files, dataset=SOURCE.name, say=say)
    except NotFetched as error:
        raise ValidationError(str(error)) from error
    refused = run.refused + refused
    if not taken:
        name, why = refused[0]
        raise ValidationError(f"Nothing was taken in of {counted(len(refused), 'file')}. {name}: {why}")
    return Fetched(
        server.address, published[0], run.archives, wanted, taken, refused, elsewhere, server.received
    )


def _own_forces() -> tuple[list[Force], list[str]]:
    """The forces whose areas are held here, by name, and codes of areas that the publisher has no files for."""
    codes = force_areas()["force"].unique().sort().to_list()
    if not codes:
        raise ValidationError("No police force area is held here yet: start with “joinedup init”.")
    known = forces()
    found = [known[code] for code in codes if code in known]
    elsewhere = [code for code in codes if code not in known]
    if not found:
        raise ValidationError(
            f"There are street files for the forces of England and Wales only, and here is none of them "
            f"({_shown(elsewhere)}): bring in files with “joinedup import FILE”."
        )
    return sorted(found, key=lambda force: force.name), elsewhere


def _months(own: Sequence[Force], newest: Sequence[str], again: bool) -> list[Months]:
    """For each force which of the newest months are wanted, held, and withdrawn. One query."""
    rows = list(Dataset.objects.filter(source=SOURCE.name).exclude(reported_by=""))
    found = []
    for force in own:
        theirs = [row for row in rows if _is_of(row, force)]
        held = {month for row in theirs if not row.withdrawn_at for month in row.covers}
        gone = {month for row in theirs if row.withdrawn_at for month in row.covers} - held
        found.append(
            Months(
                force,
                wanted=[month for month in newest if again or month not in held | gone],
                held=[] if again else [month for month in newest if month in held],
                withdrawn=[] if again else [month for month in newest if month in gone],
            )
        )
    return found


def _is_of(row: Dataset, force: Force) -> bool:
    """By the name in the file, or by that of the file: a force may change its own (Hampshire did in 2022)."""
    return plain(row.reported_by) == plain(force.name) or row.file_name.endswith(f"-{force.id}-street.csv")


class _Download:
    """Downloads what is wanted: `files` and what is known about each, oldest month first."""

    def __init__(self, server: Server, folder: Path, wanted: Sequence[Months], whole: bool, say: Say) -> None:
        self.server, self.folder, self.wanted, self.whole, self.say = server, folder, wanted, whole, say
        self.files: DOWNLOADED = []
        self.refused: list[tuple[str, str]] = []
        self.archives: list[str] = []
        self._left = sorted({month for each in wanted for month in each.wanted}, reverse=True)

    def fetch(self, published: Sequence[str]) -> None:
        """From the newest archive, as older ones are out of date; from an older one if it is not there (yet), or does
        not go back far enough. Raises `NotFetched`."""
        for month in published:
            if not self._left:
                break
            if self.archives and month not in self._left:
                continue
            try:
                self._from_archive(month)
            except NotThere:
                continue
        if not self.archives:
            raise NotFetched(f"{self.server.name} has no archive of any month: try again later.")
        for each in self.wanted:
            each.not_sent += [month for month in each.wanted if month in self._left]
        self.files.sort(key=lambda file: file[0].name)

    def _from_archive(self, month: str) -> None:
        path = archive_path(month)
        with self._opened(path) as archive:
            self.archives.append(self.server.address + path)
            here = [each for each in self._left if each in archive.months]
            names = []
            for each in self.wanted:
                for wanted in (one for one in here if one in each.wanted):
                    name = street_file(wanted, each.force.id)
                    if name in archive:
                        names.append(name)
                    else:
                        each.not_sent.append(wanted)
            self._take(archive, names, self.server.address + path)
        self._left = [each for each in self._left if each not in here]

    def _opened(self, path: str) -> Archive:
        try:
            return Archive(RemoteFile(self.server, path))
        except NoParts as error:
            if not self.whole:
                raise
            return Archive(self._whole(path, error.size))

    def _whole(self, path: str, size: int) -> Path:
        to = self.folder / "archive.zip"
        if size + SPARE > disk_usage(self.folder).free:
            raise NotFetched(
                f"The archive has {size / 1e6:,.0f} MB, and there is not so much room in {settings.HOME}: make room, "
                "or set JOINEDUP_HOME to a larger disk."
            )
        step = "Fetching the whole archive"
        self.say(step, 0.0)
        self.server.whole(path, to, lambda came, all_: self.say(step, came / all_ if all_ else None))
        return to

    def _take(self, archive: Archive, names: Sequence[str], url: str) -> None:
        if not names:
            return
        step = "Fetching street files"
        every, done = sum(archive.unpacked(name) for name in names), 0

        def came(more: int) -> None:
            nonlocal done
            done += more
            self.say(step, min(done / max(every, 1), 1.0))

        self.say(step, 0.0)
        for name in names:
            try:
                archive.take(name, self.folder / name, came)
            except Damaged as damaged:
                self.refused.append((name, str(damaged)))
            else:
                about = {"url": url, "retrieved_on": timezone.localdate()}
                self.files.append((self.folder / name, about))


def _nothing_newer(newest: str, wanted: Sequence[Months]) -> str:
    why = " ".join(line for each in wanted for line in each.sentences())
    return f"Nothing newer is there: the newest month published is {newest}. {why}"


def _shown(words: Sequence[str], most: int = 6) -> str:
    """All of a few words; of many the first and how many more."""
    if len(words) <= most:
        return listing(words)
    more = len(words) - most
    return f"{', '.join(words[:most])} and {more} {plural(more, 'other')}"
