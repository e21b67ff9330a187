"""Can the home be written, and by whom can it be read?"""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from joinedup.engines.words import counted
from joinedup.site.health_finding import HealthFinding
from joinedup.site.owner_only import open_to_others
from joinedup.site.probes import can_write


def home_findings() -> list[HealthFinding]:
    found = []
    home = Path(settings.HOME)
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
