"""Can the home be written, and by whom can it be read?"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from django.conf import settings

from joinedup.engines.words import counted
from joinedup.site.health_finding import HealthFinding
from joinedup.site.owner_only import open_to_others
from joinedup.site.probes import can_write

# A backup beside the records, an import and a night's run need room for another copy of all that is kept, and some.
SPARE = 200 * 2**20


def home_findings() -> list[HealthFinding]:
    found = []
    home = Path(settings.HOME)
    if home.is_dir() and (free := shutil.disk_usage(home).free) < (wanted := SPARE + _size(home)):
        found.append(
            HealthFinding(
                "room",
                f"Only {free / 2**20:,.0f} MB are left on the disk of {home}: make room until at least "
                f"{wanted / 2**20:,.0f} MB are free, for what comes in and for a copy of what is there.",
                is_wrong=False,
            )
        )
    if not can_write():
        found.append(
            HealthFinding(
                "store",
                f"{home} cannot be written to: the disk is full, or it is read only, or belongs to another user.",
            )
        )
    # Windows has no such rights.
    if os.name == "posix" and home.is_dir():
        exposed = list(open_to_others(home))
        if exposed:
            found.append(
                HealthFinding(
                    "home",
                    f"Other users of this machine can read {counted(len(exposed), 'file')} of yours "
                    f"({exposed[0].name}): run “chmod -R go= {home}”.",
                )
            )
    return found


def _size(home: Path) -> int:
    """Bytes of the records and the store, which a copy holds again; backups kept in the home are none of them."""
    records = (path for path in home.glob("records.sqlite3*"))
    return sum(path.stat().st_size for path in [*records, *(home / "store").glob("*.parquet")])
