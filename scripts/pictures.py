"""Takes the pictures of the README from a running demonstration, and keeps them small.

Usage: make demo in one terminal, make pictures in another (PORT as for the demo).
"""

import os
import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

TARGET = Path(__file__).resolve().parent.parent / "docs" / "pictures"
WIDTH, HEIGHT = 1000, 760


def main() -> None:
    address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    chromium = shutil.which("chromium") or sys.exit("Chromium is needed for the pictures.")
    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})

        def take(name: str, path: str) -> str:
            page.goto(address + path)
            page.screenshot(path=TARGET / f"{name}.png")
            return page.content()

        take("home", "/")
        place = take("place", "/places/E09000019/")
        opportunity = re.search(r'href="(/opportunities/\d+/)"', place)
        agreement = re.search(r'href="(/agreements/\d+/)"', take("agreements", "/agreements/"))
        (TARGET / "agreements.png").unlink()
        for name, found in (("opportunity", opportunity), ("agreement", agreement)):
            if found is None:
                sys.exit(f"The demonstration shows no {name}.")
            take(name, found.group(1))
        # The grid is for members: the demonstration prints the code to sign in on its console.
        page.goto(f"{address}/account/login/")
        page.locator("main input[type=email]").fill("coordinator@demonstration.example")
        page.locator("main form button").first.click()
        page.locator("main input[name=code]").fill(input("The code that the demonstration printed: ").strip())
        page.locator("main form button").first.click()
        page.goto(f"{address}/opportunities/grid/")
        page.locator("main table").first.evaluate("table => table.scrollIntoView()")
        page.screenshot(path=TARGET / "grid.png")
        browser.close()


if __name__ == "__main__":
    main()
