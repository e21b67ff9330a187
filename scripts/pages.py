"""Takes a picture of every kind of page of a fresh demonstration, at 1280 and 320 pixels, in a folder of your choice.

    scripts/pages.py FOLDER

A kind is what one view and one template make. Each is pictured as whoever meets it first: the public, then somebody
from another partnership, a member, the coordinator, the lead of the programme, an administrator.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
READERS = ["", "elsewhere", "youth.worker", "coordinator", "programme.lead", "administrator"]
WIDTHS = (1280, 320)
# What each reader looks at before the next one takes over; every kind turns up long before.
MOST = 250


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from playwright.sync_api import sync_playwright

    from tests.demo.installation import Installation
    from tests.journeys.crawling import crawl, one_of_each
    from tests.journeys.serving import TOLD, served

    if len(sys.argv) != 2:
        sys.exit("Say where the pictures go: scripts/pages.py FOLDER")
    folder = Path(sys.argv[1]).resolve()
    if folder.is_relative_to(ROOT):
        sys.exit("The pictures go outside the repository: choose another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or sys.exit("Chromium is needed for the pictures.")
    with tempfile.TemporaryDirectory() as place:
        home = Installation(Path(place) / "home", "")
        made = home.run("demo", "--no-serve")
        if made.returncode:
            sys.exit(made.stderr)
        seen: set[str] = set()
        with served(home, home.told(TOLD)) as site, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
            for name in READERS:
                pages = one_of_each(crawl(site.reader(name), most=MOST, of_a_kind=2, of_a_list=2))
                new = [each for each in pages if each.kind not in seen]
                seen |= {each.kind for each in new}
                for width in WIDTHS:
                    window = site.window(browser, name, width=width)
                    page = window.new_page()
                    for each in new:
                        page.goto(each.address)
                        picture = folder / f"{each.kind}-{name or 'public'}-{width}.png"
                        page.screenshot(path=picture, full_page=True)
                    window.close()
            browser.close()
    print(f"{len(seen)} kinds of page, each at {' and '.join(map(str, WIDTHS))} pixels, in {folder}")


if __name__ == "__main__":
    main()
