"""A Chromium, the app behind a server of its own, and a page at phone and at desktop width."""

import shutil
import threading

import pytest
from playwright.sync_api import sync_playwright

import app
from dev import server
from tests import stores
from tests.browser.eyes import PHONE

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def chromium():
    if not CHROMIUM:
        stores.fails_on_ci("Chromium is not here: install the package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def site(desk):
    """The app behind the local server, on the desk's own cloud and clock."""
    http = server.make_server(app.app, stores.free_port())
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def page(chromium, request):
    context = chromium.new_context(viewport=request.param, java_script_enabled=True)
    page = context.new_page()
    urls = []
    page.on("request", lambda asked: urls.append(asked.url))
    yield page
    assert [url for url in urls if "127.0.0.1" not in url] == []
    context.close()
