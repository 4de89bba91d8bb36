"""The page behind the link of an invoice's mail, in a real Chromium at phone width."""

import pytest

from dev import days
from dev.cloud import BUCKET
from tests.browser.eyes import PHONE, fine
from tests.desk import first_match
from tests.words.paper_examples import typeface

__all__ = ["typeface"]
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_the_button_leads_out_to_the_paper(chromium, site, desk, typeface):
    """A browser follows a form to another host only where the page's policy names it."""
    desk.on("2026-08-03").starts("mk")
    desk.on("2026-08-10").does("continuation")
    days.run_sweep()
    link = first_match(r"https://denwaban\.example(/paper/[\w.-]+)", desk.letter("ご請求書"))
    context = chromium.new_context(viewport=PHONE)
    page = context.new_page()
    page.route(f"**/{BUCKET}.*/**", lambda route: route.fulfill(body="the paper"))
    page.goto(site + link)
    fine(page)
    assert "5,920円" in page.content()
    page.click("button")
    page.wait_for_url(f"https://{BUCKET}.s3.ap-northeast-1.amazonaws.com/**")
    assert "the paper" in page.content()
    context.close()
