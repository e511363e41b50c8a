"""Takes a picture of each public page in each way that people see it. Called by script/screenshots."""

import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import sync_playwright

from tests.support.chromium import FLAGS, chromium_path

PAGES = {
    "home": "/",
    "guides": "/guides/",
    "guide": "/guides/alcohol-withdrawal/",
    "topics": "/topics/",
    "search": "/search/?q=smack",
    "nothing-found": "/search/?q=xyzzy",
    "glossary": "/glossary/",
    "centers": "/centers/",
    "helplines": "/helplines/",
    "safety": "/safety/",
    "about": "/about/",
    "privacy": "/privacy/",
    "accessibility": "/accessibility/",
    "contact": "/contact/",
    "mailbox": "/mailbox/",
    "not-found": "/no-such-page/",
}
SPANISH = {"guide": "/es/guides/abstinencia-de-alcohol/", "search": "/es/search/?q=temblores"}
WAYS: dict[str, tuple[int, Literal["light", "dark"], str]] = {
    "360": (360, "light", ""),
    "1280": (1280, "light", ""),
    "360-dark": (360, "dark", ""),
    "360-es": (360, "light", "/es"),
}


def main(site: str, folder: Path) -> None:
    """Write FOLDER/<page>-<way>.png for every page and way of the site at `site`."""
    path = chromium_path()
    if path is None:
        sys.exit("No Chromium is installed. On Debian: apt-get install chromium")
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for way, (width, colours, prefix) in WAYS.items():
            page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=colours, reduced_motion="reduce")
            for name, address in PAGES.items():
                page.goto(site.rstrip("/") + (SPANISH.get(name, prefix + address) if prefix else address))
                page.screenshot(path=folder / f"{name}-{way}.png", full_page=True)
            page.close()
        browser.close()
    sys.stdout.write(f"{len(PAGES) * len(WAYS)} pictures are in {folder}.\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
