"""What is known against the libraries we use, and what a scanner finds in our code; writes the bill of materials.

    scripts/audit.py            fails where something is found that [tool.audit] of pyproject.toml does not accept

Advisories are asked for on the internet. Where that cannot be reached, or knows none of the packages, it says so and
does not fail: nothing was compared then.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# Outside what git keeps.
BILL = ROOT / "build" / "joinedup.cdx.json"
UV = [str(Path(sys.executable).with_name("uv")), "export", "--quiet", "--no-hashes", "--no-emit-project"]
SECONDS = 300


def module(name: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", name, *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=SECONDS)


def faults_of_code(accepted: list[dict[str, str]]) -> list[str]:
    """What bandit calls of high or medium severity and nobody accepted; and what was accepted and is not there."""
    done = module("bandit", "--quiet", "--recursive", "src", "--format", "json")
    if not done.stdout:
        return [f"bandit did not run: {done.stderr.strip()[-300:]}"]
    found = [each for each in json.loads(done.stdout)["results"] if each["issue_severity"] != "LOW"]
    known = {(each["test"], each["file"]) for each in accepted}
    there = {(each["test_id"], each["filename"]) for each in found}
    faults = [
        f"{each['filename']}:{each['line_number']}: {each['test_id']} {each['issue_text']}"
        for each in found
        if (each["test_id"], each["filename"]) not in known
    ]
    faults += [
        f"pyproject.toml: nothing of {test} is in {file} any more" for test, file in sorted(known - there)
    ]
    print(f"code: {len(found)} of high or medium severity, {len(faults)} not accepted")
    return faults


def faults_of_libraries(requirements: str, accepted: list[dict[str, str]]) -> list[str]:
    """Advisories about the pinned versions, of what runs and of what only developers use, that nobody accepted."""
    ignored = [word for each in accepted for word in ("--ignore-vuln", each["advisory"])]
    try:
        pins = ("--requirement", requirements, "--no-deps", "--disable-pip")
        done = module("pip_audit", *pins, "--format", "json", "--progress-spinner", "off", *ignored)
        known: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        print("libraries: NOT COMPARED, since the database of advisories cannot be reached from here")
        return []
    compared = [each for each in known if "vulns" in each and "skip_reason" not in each]
    if not compared:
        print(
            f"libraries: NOT COMPARED, since the database of advisories knows none of {len(known)} from here"
        )
        return []
    print(f"libraries: {len(compared)} of {len(known)} compared with advisories")
    return [
        f"{each['name']} {each['version']}: {found['id']}, mended in: {', '.join(found['fix_versions']) or 'none yet'}"
        for each in compared
        for found in each["vulns"]
    ]


def write_bill(requirements: str) -> list[str]:
    """CycloneDX, of what runs in an installation."""
    BILL.parent.mkdir(exist_ok=True)
    made = ("--pyproject", "pyproject.toml", "--output-reproducible", "--output-file", str(BILL))
    done = module("cyclonedx_py", "requirements", requirements, *made)
    if done.returncode:
        return [f"the bill of materials could not be written: {done.stderr.strip()[-300:]}"]
    components = json.loads(BILL.read_text(encoding="utf-8"))["components"]
    print(f"bill of materials: {len(components)} components in {BILL.relative_to(ROOT)}")
    return []


def pinned(folder: Path, name: str, *words: str) -> str:
    """The exact versions that pyproject.toml has, as a file of requirements; "" if the registry cannot be asked."""
    done = subprocess.run([*UV, *words], cwd=folder, capture_output=True, text=True, check=False)
    (folder / name).write_text(done.stdout, encoding="utf-8")
    return str(folder / name) if done.returncode == 0 else ""


def main() -> int:
    said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["audit"]
    faults = faults_of_code(said["code"])
    with tempfile.TemporaryDirectory() as name:
        # Elsewhere, so that no lock file is left beside ours.
        folder = Path(name)
        (folder / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
        every, running = pinned(folder, "every.txt"), pinned(folder, "running.txt", "--no-dev")
        if every and running:
            faults += faults_of_libraries(every, said["libraries"]) + write_bill(running)
        else:
            print("libraries: NOT COMPARED, since the registry of packages cannot be reached from here")
    for each in faults:
        print(each, file=sys.stderr)
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
