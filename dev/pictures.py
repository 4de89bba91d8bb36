"""`make pictures`: the pictures of the README, taken from a running stack (PORT says where)."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
WIDTH = 480
FORM = {
    "contact_name": "髙橋 美咲",
    "company": "株式会社さくら商事",
    "greeting": "さくら商事",
    "mail": "misaki@sakura.example",
    "phone": "03-6800-1234",
    "person1_name": "髙橋 美咲",
    "person1_mail1": "pc@sakura.example",
}
BOXES = {"plan": "light", "party": "company", "use": "forwarding"}


def take(page: Page, address: str) -> None:
    page.goto(f"{address}/smile/signup")
    _save(page, "signup", WIDTH, 1100)
    for name, value in FORM.items():
        page.fill(f"#{name}", value)
    for name, value in BOXES.items():
        page.check(f'input[name="{name}"][value="{value}"]')
    page.check("#agreed")
    page.click("text=確認画面へ進む")
    page.wait_for_selector("h1:has-text('最終確認')")
    _save(page, "final", WIDTH, 1100)
    page.goto(f"{address}/_dev/mails")
    page.click("li:has-text('受電報告') >> nth=1 >> a")
    page.frame_locator("iframe").locator("main").wait_for()
    page.set_viewport_size({"width": 900, "height": 760})
    _save(page, "report", 900, 760)


def _save(page: Page, name: str, width: int, height: int) -> None:
    page.screenshot(
        path=FOLDER / f"{name}.png",
        clip={"x": 0, "y": 0, "width": width, "height": height},
        full_page=True,
    )


if __name__ == "__main__":
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={"width": WIDTH, "height": 1000})
        take(page, f"http://127.0.0.1:{os.environ.get('PORT') or 8000}")
