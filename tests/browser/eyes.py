"""What one looks for on a page."""

from axe_playwright_python.sync_playwright import Axe

PHONE = {"width": 375, "height": 812}


def fine(page):
    """Axe has nothing to say, and there is nothing to scroll sideways for."""
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def sees(page, where: str, words: str) -> None:
    """The words come up there within fifteen seconds."""
    page.wait_for_selector(f'{where}:has-text("{words}")', timeout=15_000)
