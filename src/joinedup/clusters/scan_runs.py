"""Run the scans that wait: one at a time, by the first free worker, with progress and a way to stop."""

from __future__ import annotations

import datetime
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from time import monotonic
from typing import TYPE_CHECKING, Any

from django.db import Error, connection, transaction
from django.db.models import Q
from django.utils import timezone

from joinedup.clusters.continuation import carried_on
from joinedup.clusters.counts import CannotLook, CountsToScan, figures_version, ground_of
from joinedup.clusters.models import Cluster, Scan
from joinedup.clusters.wider import WiderLook, keep_wider, look_wider
from joinedup.engines.scan_words import USUAL

if TYPE_CHECKING:
    from joinedup.engines.scan import Question, ScanResult


logger = logging.getLogger(__name__)

# A running scan whose worker has been silent this long is started again: the worker is gone. Longer than a minute is
# waiting for nothing; several beats may be lost to a busy database before that.
SILENT = datetime.timedelta(minutes=1)
# Seconds between two signs of life while nothing can be said of the progress: counting, compiling.
BEAT = 10.0
# Seconds between two saves of the progress.
NOTED = 1.0
# The share of the work that is that over neighbourhoods; wards and authorities are few.
MAIN = 0.95
ASKED: dict[str, dict[str, Any]] = {
    # What is new: clusters that are alive now, leaving out what is always so in a place.
    Scan.Kind.MONTHLY: {"model": "permutation", "shape": "prospective", "high": True, "max_share": 0.1},
    # Where it is high for the number of residents, at any time.
    Scan.Kind.YEARLY: {"model": "poisson", "shape": "retrospective", "high": True, "max_share": 0.1},
}
BOTH = {"max_periods": 12, "min_periods": 1, "min_cases": 2, "replications": 999}
BROKE = "Something went wrong while looking; whoever looks after the installation finds it in the log."


class GivenUp(Exception):
    """Somebody stopped the scan, or another worker started it again."""


def run_next(say: Callable[[str], object] = lambda _: None, **settings: Any) -> Scan | None:
    """Run one scan that waits, or whose worker fell silent; None if there is none.

    `say` receives messages; `settings` override those of its kind, such as the number of replications. Errors
    are stored with the scan, as a sentence, and logged.
    """
    scan = _taken()
    if scan is None:
        return None
    try:
        _look(scan, say, settings)
    except GivenUp:
        logger.info("Scan %s was stopped.", scan.pk)
    except CannotLook as error:
        _fail(scan, str(error))
    except Exception:
        logger.exception("Scan %s failed.", scan.pk)
        _fail(scan, BROKE)
    scan.refresh_from_db()
    return scan


def _taken() -> Scan | None:
    """The scan that has waited longest, marked as taken. Only one of several workers gets it."""
    now = timezone.now()
    # What was said in the future was said by a clock that has been put right since.
    gone = Q(said_at__lt=now - SILENT) | Q(said_at__gt=now + SILENT)
    waits = Q(state=Scan.State.WAITING) | Q(gone, state=Scan.State.RUNNING)
    for pk, said_at in Scan.objects.filter(waits).order_by("asked_at", "pk").values_list("pk", "said_at"):
        ours = Scan.objects.filter(waits, pk=pk, said_at=said_at)
        if ours.update(state=Scan.State.RUNNING, said_at=now, done=0):
            return Scan.objects.select_related("footprint").get(pk=pk)
    return None


def _look(scan: Scan, say: Callable[[str], object], settings: Mapping[str, Any]) -> None:
    version = figures_version()
    # Saved at once: a scan that cannot be made is not tried again before the figures change.
    Scan.objects.filter(pk=scan.pk).update(figures_version=version)
    progress = _Progress(scan)
    with _heartbeat(progress):
        from joinedup.engines import scan as engine

        ground = ground_of(scan.footprint, by_residents=scan.kind == Scan.Kind.YEARLY)
        say(f"Where and when: looking at {len(ground.areas):,} neighbourhoods of {scan.footprint}")
        question = _question(scan, ground, settings)
        try:
            answer = engine.scan(ground.world, question, say=lambda share: progress(MAIN * share))
        except engine.Impossible as error:
            raise CannotLook(str(error)) from error
        wider: list[WiderLook] = []
        if scan.kind == Scan.Kind.MONTHLY:
            wider = look_wider(ground, question, lambda share: progress(MAIN + (1 - MAIN) * share))
        progress(1.0)
    _keep(scan, ground, question, answer, wider, version)


def _question(scan: Scan, ground: CountsToScan, settings: Mapping[str, Any]) -> Question:
    from joinedup.engines import scan as engine

    asked: dict[str, Any] = {**ASKED[scan.kind], **BOTH, **settings}
    asked |= {"model": engine.Model(asked["model"]), "shape": engine.Shape(asked["shape"])}
    # One seed per scan: the same if its worker is restarted, and reported with its result.
    return engine.Question(seed=scan.pk, steps=ground.steps, **asked)


class _Progress:
    """Receives the share done, from several threads; stores it now and then, and stops a scan that was given up."""

    def __init__(self, scan: Scan) -> None:
        self.scan, self.noted = scan, monotonic() - NOTED
        self.said_at, self.share = scan.said_at, 0.0
        self.lock, self.is_lost = threading.Lock(), False

    def __call__(self, share: float) -> None:
        """Say how far it is; GivenUp if it is no longer ours."""
        with self.lock:
            self.share = min(max(share, 0.0), 1.0)
            if monotonic() - self.noted >= NOTED:
                self._note()
            if self.is_lost:
                raise GivenUp

    def beat(self) -> None:
        """Say that whoever looks is still there, unless that was said lately."""
        with self.lock:
            if monotonic() - self.noted >= BEAT:
                self._note()

    def _note(self) -> None:
        self.noted, now = monotonic(), timezone.now()
        running = Scan.objects.filter(pk=self.scan.pk, state=Scan.State.RUNNING, said_at=self.said_at)
        if running.update(done=self.share, said_at=now):
            self.said_at = self.scan.said_at = now
        else:
            self.is_lost = True


@contextmanager
def _heartbeat(progress: _Progress) -> Iterator[None]:
    """Beats from a thread of its own, so that a long step is not taken for a worker that is gone. It has ended when
    this ends: what follows compares when was said last."""
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(BEAT):
            try:
                progress.beat()
            except Error:
                logger.warning("A scan could not say that it goes on; it tries again.")
            finally:
                connection.close()

    thread = threading.Thread(target=beat, name="heartbeat of a scan", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _fail(scan: Scan, sentence: str) -> None:
    ours = Scan.objects.filter(pk=scan.pk, state=Scan.State.RUNNING, said_at=scan.said_at)
    ours.update(state=Scan.State.FAILED, ended_at=timezone.now(), failure=sentence[:300])


@transaction.atomic
def _keep(
    scan: Scan,
    ground: CountsToScan,
    question: Question,
    answer: ScanResult,
    wider: list[WiderLook],
    version: str,
) -> None:
    """Save everything that was found, or nothing."""
    from joinedup.engines.scan import VERSION

    held = Scan.objects.select_for_update().get(pk=scan.pk)
    if held.state != Scan.State.RUNNING or held.said_at != scan.said_at:
        raise GivenUp
    held.state, held.ended_at, held.done = Scan.State.DONE, timezone.now(), 1
    held.rests_on, held.figures_version, held.settings = ground.rests_on, version, settings_of(question)
    held.engine, held.areas, held.cases, held.windows = (
        VERSION,
        len(ground.areas),
        answer.cases,
        answer.windows,
    )
    held.first, held.last = str(ground.world.periods[0]), str(ground.world.periods[-1])
    held.null_maxima = [round(float(each), 4) for each in answer.null_maxima]
    held.dispersion = answer.dispersion
    held.lowest_p = min((p for each in answer.clusters if (p := each.chance) is not None), default=None)
    held.notes = [*ground.notes, *answer.notes]
    keep_wider(held, ground, wider, _keep_clusters(held, ground, answer))
    # Last, so that anyone polling for a finished scan finds its clusters.
    held.save()


def settings_of(question: Question) -> dict[str, Any]:
    """The settings as JSON, without those that only change how long the answer takes."""
    found = asdict(question) | {"model": str(question.model), "shape": str(question.shape)}
    found["steps"] = list(question.steps)
    return {name: value for name, value in found.items() if name not in ("threads", "seasons")}


def _keep_clusters(scan: Scan, ground: CountsToScan, answer: ScanResult) -> list[tuple[Cluster, set[int]]]:
    """Each as stored, with the numbers of its neighbourhoods."""
    # Results that chance produces more often are not kept. Months vary by more than chance alone, through
    # events, weather and recording: without allowing for that, two looks in three would call something new
    # that is not (`bench/scan_power.py`).
    found = [(each, p) for each in answer.clusters if (p := each.chance) is not None and p <= USUAL]
    inside = [[ground.areas[at] for at in each.areas] for each, _ in found]
    before = _before(scan)
    earlier = carried_on([set(areas) for areas in inside], {pk: areas for pk, (_, areas) in before.items()})
    rows = Cluster.objects.bulk_create(
        Cluster(
            scan=scan,
            rank=rank,
            first_id=None if pk is None else before[pk][0],
            centre_id=ground.areas[each.centre],
            radius_km=each.radius_km,
            start=str(ground.world.periods[each.start]),
            end=str(ground.world.periods[each.end]),
            observed=each.observed,
            expected=each.expected,
            relative_risk=each.relative_risk,
            llr=each.llr,
            p=p,
            bare_p=each.p,
            tail_p=each.tail_p,
            recurrence_days=each.recurrence_days and each.recurrence_days * (each.p or p) / p,
        )
        for rank, ((each, p), pk) in enumerate(zip(found, earlier, strict=True), 1)
    )
    through = Cluster.areas.through
    through.objects.bulk_create(
        [
            through(cluster_id=row.pk, place_id=code)
            for row, areas in zip(rows, inside, strict=True)
            for code in areas
        ],
        batch_size=1000,
    )
    return [(row, set(each.areas)) for row, (each, _) in zip(rows, found, strict=True)]


def _before(scan: Scan) -> dict[int, tuple[int, set[str]]]:
    """The clusters of the previous finished scan of this kind: the head of each chain, and its areas."""
    done = Scan.objects.filter(footprint=scan.footprint_id, kind=scan.kind, state=Scan.State.DONE)
    last = done.exclude(pk=scan.pk).order_by("-ended_at", "-pk").first()
    if last is None:
        return {}
    rows = last.clusters.prefetch_related("areas")
    return {row.pk: (row.head, {place.pk for place in row.areas.all()}) for row in rows}
