"""What one looks for on a page."""

from axe_playwright_python.sync_playwright import Axe

PHONE = {"width": 375, "height": 812}


def fine(page):
    """Nothing for axe to say, and nothing to scroll sideways for."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def sees(page, where: str, words: str):
    page.wait_for_selector(f'{where}:has-text("{words}")', timeout=15_000)
