"""Did this machine's clock jump? Then what deletes waits a day, so that a wrong clock deletes nothing early."""

from __future__ import annotations

import datetime
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from django.core.cache import cache

# Where the worker keeps what its clocks said; for ever, since by a wrong clock anything else is over.
KEPT = "worker-clocks"
# Clocks are put right by seconds. After a new start nothing but the calendar tells how long it took.
A_JUMP, A_LONG_STOP = 300.0, 3 * 86_400.0
# So long somebody has to put it right.
IN_DOUBT = 86_400.0
BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Clocks:
    """Seconds: of the calendar, since this machine began (sleep included), and that its calendar is still in doubt.
    `boot` says which start of the machine that was."""

    calendar: float
    running: float
    boot: str
    doubt: float = 0.0

    def after(self, last: Clocks | None) -> Clocks:
        """The same, with the doubt that there is after the look before."""
        if last is None:
            return self
        by_calendar, by_running = self.calendar - last.calendar, self.running - last.running
        if self.boot == last.boot:
            passed, jumped = by_running, abs(by_calendar - by_running) > A_JUMP
        else:
            passed, jumped = max(by_calendar, 0.0), not -A_JUMP <= by_calendar <= A_LONG_STOP
        doubt = IN_DOUBT if jumped else max(last.doubt - passed, 0.0)
        return Clocks(self.calendar, self.running, self.boot, doubt)


def look_at_clock(now: datetime.datetime) -> bool:
    """Whether the calendar can be relied on, by what the worker saw when it looked before. For the worker."""
    seen = _now(now).after(_last())
    cache.set(KEPT, asdict(seen), None)
    return not seen.doubt


def doubted_for() -> datetime.timedelta | None:
    """For how much longer nothing is deleted, as of the worker's last look; None if the clock did not jump."""
    last = _last()
    return datetime.timedelta(seconds=last.doubt) if last and last.doubt else None


def _last() -> Clocks | None:
    kept = cache.get(KEPT)
    return Clocks(**kept) if kept else None


def _now(now: datetime.datetime) -> Clocks:
    boot = BOOT.read_text().strip() if BOOT.exists() else ""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    running = time.monotonic() if clock is None else time.clock_gettime(clock)
    return Clocks(now.timestamp(), running, boot)
