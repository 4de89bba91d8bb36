"""A report's mail as a telephone shows it: nothing to scroll sideways for, and no number broken at the end of a line."""

import pytest

from tests.browser.eyes import fine

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
BROKEN = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), broken = [];
  for (let node = walk.nextNode(); node; node = walk.nextNode())
    for (const found of node.data.matchAll(/[0-9]{2,6}-[0-9A-Z-]{4,14}|[0-9]{4}年.{5,9} [0-9:]{5}|[a-z]+@[a-z.]+/g)) {
      const range = document.createRange();
      range.setStart(node, found.index);
      range.setEnd(node, found.index + found[0].length);
      if (new Set([...range.getClientRects()].map(each => each.top)).size > 1) broken.push(found[0]);
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
    shown(page, desk.mails()[-1])


def test_a_correction_its_copy_and_a_letter_fit_a_telephone(page, desk):
    desk.on("2026-09-01").starts("mk")
    memo = desk.memo().json["id"]
    said = {
        name: value
        for name, value in desk.said(business="納期の件").items()
        if name not in ("line", "received_at")
    }
    right = desk.post(
        f"/v1/memos/{memo}/corrections", said, role="operator", **{"idempotency-key": "right"}
    )
    assert right.status == 201, right.text
    again = desk.post(
        f"/v1/memos/{right.json['id']}/resend", role="operator", **{"idempotency-key": "again"}
    )
    assert again.status == 200, again.text
    for mail in desk.mails():
        shown(page, mail)


def shown(page, mail):
    page.set_content(mail.get_body(("html",)).get_content())
    fine(page)
    assert page.evaluate(BROKEN) == []
