"""The commands that need no installation load no Django: whoever runs one waits for what it needs and no more."""

import subprocess
import sys

EVERY_MODULE = """
import importlib, pkgutil, sys
import joinedup.offline
found = [each.name for each in pkgutil.walk_packages(joinedup.offline.__path__, "joinedup.offline.")]
for name in found:
    importlib.import_module(name)
print("joinedup.offline.match.run" in found, "joinedup.offline.seat.run" in found, "joinedup.offline.scan.run" in found)
print(sorted(name for name in sys.modules if name.partition(".")[0] in ("django", "numba", "distributed")))
"""


def test_no_module_of_the_room_loads_django_nor_what_is_slow() -> None:
    told = subprocess.run([sys.executable, "-c", EVERY_MODULE], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines() == ["True True True", "[]"]
