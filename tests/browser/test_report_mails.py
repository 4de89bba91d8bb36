"""The mail of a report as a telephone shows it.

There is nothing to scroll sideways for, and no number is broken at the end of a line.
"""

import pytest

from tests.browser.eyes import fine
from tests.desk import html_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
# Numbers, times and addresses that a telephone shows on more than one line.
BROKEN = """() => {
  const number = /[0-9]{2,6}-[0-9A-Z-]{4,14}/;
  const time = /[0-9]{4}年.{5,9} [0-9:]{5}/;
  const address = /[a-z]+@[a-z.]+/;
  const whole = new RegExp([number, time, address].map(each => each.source).join("|"), "g");
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const broken = [];
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    for (const match of node.data.matchAll(whole)) {
      const range = document.createRange();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      const lines = new Set([...range.getClientRects()].map(part => part.top));
      if (lines.size > 1) broken.push(match[0]);
    }
  }
  return broken;
}"""
NUMBERS = "、".join(
    f"{'あ' * place}03-6700-1234と2026年11月25日(水) 12:45と受付番号 261125-K5819-2と"
    for place in range(1, 16)
)
SAID = {
    "whole": {"mood": ["hurry", "trouble"], "wants_call_back": True, "for": "髙橋"},
    "numbers": {
        "business": NUMBERS,
        "caller": {"name": "佐藤", "phone": "０９０－１２３４－５６７８ 内線205"},
    },
    "endless": {
        "business": "0123456789" * 100 + "\n" + "9-" * 300,
        "for": "Wolfeschlegelsteinhausenbergerdorff" * 2,
    },
    "hang-up": {"business": None, "caller": None, "class": "hangup"},
}


@pytest.mark.parametrize("kind", SAID)
def test_a_report_fits_a_telephone(page, desk, kind):
    desk.on("2026-09-01").starts("mk")
    assert desk.memo(**SAID[kind]).status == 201
    fits(page, desk.mails()[-1])


def test_a_correction_its_copy_and_a_letter_fit_a_telephone(page, desk):
    desk.on("2026-09-01").starts("mk")
    memo = desk.memo().json["id"]
    right = desk.corrects(memo, business="納期の件")
    assert right.status == 201, right.text
    again = desk.resends(right.json["id"])
    assert again.status == 200, again.text
    for mail in desk.mails():
        fits(page, mail)


def fits(page, mail) -> None:
    """Such a mail fits a telephone."""
    page.set_content(html_of(mail))
    fine(page)
    assert page.evaluate(BROKEN) == []
