"""Takes screenshots of each public page in each state and display mode. Called by script/screenshots."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import sync_playwright

from tests.support.chromium import FLAGS, chromium_path

PAGES = {
    "home": "/",
    "guides": "/guides/",
    "guides-none": "/guides/?substance=nicotine&stage=detox",
    "guide": "/guides/alcohol-withdrawal/",
    "guide-send": "/guides/alcohol-withdrawal/send/",
    "topics": "/topics/",
    "topic": "/topics/substance/opioids/",
    "search": "/search/?q=smack",
    "search-mended": "/search/?q=suboxen",
    "search-danger": "/search/?q=he%20won%27t%20wake%20up",
    "search-nothing": "/search/?q=xyzzy",
    "glossary": "/glossary/",
    "centers": "/centers/",
    "center": "/centers/harbor-house-demo/",
    "help-now": "/help-now/",
    "search-center": "/search/?q=opening%20hours",
    "helplines": "/helplines/",
    "safety": "/safety/",
    "about": "/about/",
    "privacy": "/privacy/",
    "health-data": "/health-data/",
    "accessibility": "/accessibility/",
    "thanks": "/thanks/",
    "contact": "/contact/",
    "mailbox": "/mailbox/",
    "not-found": "/no-such-page/",
    "blank": "/blank/",
}
SPANISH = {
    "guide": "/es/guides/abstinencia-de-alcohol/",
    "guide-send": "/es/guides/abstinencia-de-alcohol/send/",
    "search": "/es/search/?q=temblores",
    "search-mended": "/es/search/?q=eroina",
    "search-center": "/es/search/?q=horario",
    "search-danger": "/es/search/?q=quiero%20morir",
}
SENT_EMPTY = ("contact", "mailbox")  # forms that are also shown with errors


@dataclass(frozen=True)
class Way:
    """A display mode. `paper` shows the page as printed."""

    width: int
    colours: Literal["light", "dark"] = "light"
    prefix: str = ""
    forced: Literal["active", "none"] = "none"
    paper: bool = False


WAYS = {
    "360": Way(360),
    "1280": Way(1280),
    "360-dark": Way(360, "dark"),
    "1280-dark": Way(1280, "dark"),
    "360-es": Way(360, prefix="/es"),
    "1280-es": Way(1280, prefix="/es"),
    "320-contrast": Way(320, forced="active"),
    "paper": Way(700, paper=True),
}


def main(site: str, folder: Path) -> None:
    """Write FOLDER/<page>-<way>.png for every page and display mode of the site at `site`."""
    path = chromium_path()
    if path is None:
        sys.exit("No Chromium is installed. On Debian: apt-get install chromium-headless-shell")
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for name, way in WAYS.items():
            page = browser.new_page(
                viewport={"width": way.width, "height": 800}, color_scheme=way.colours, forced_colors=way.forced, reduced_motion="reduce"
            )
            page.emulate_media(media="print" if way.paper else "screen")
            for what, address in PAGES.items():
                page.goto(site.rstrip("/") + (SPANISH.get(what, way.prefix + address) if way.prefix else address))
                page.screenshot(path=folder / f"{what}-{name}.png", full_page=True)
                count += 1
                if what in SENT_EMPTY and not way.paper:
                    page.locator("main form").last.locator("button[type=submit]").last.click()
                    page.locator(".error-summary").wait_for()
                    page.screenshot(path=folder / f"{what}-wrong-{name}.png", full_page=True)
                    count += 1
            page.close()
        browser.close()
    sys.stdout.write(f"{count} pictures are in {folder}.\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
