"""Every mail can be read as text, holds together as HTML, and says which house sends it."""

import email
import email.policy
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from itertools import product
from types import SimpleNamespace

import pytest
from markupsafe import Markup

from chalicelib.flows.post import letters
from chalicelib.models import Letter
from chalicelib.rules import houses
from chalicelib.rules.contract.offer import offer
from chalicelib.words import mail
from chalicelib.words.pages import unbroken
from tests.desk import html_of, link, text_of
from tests.words.test_letters import LETTERS, kind

# A copy of a report is written from its memo, and tested with it.
KINDS = sorted({kind(letter) for letter in LETTERS} - {"report_again"})
CASES = {
    "bounced": [
        {"state": state, "stopped": stopped}
        for state in ("bounced_hard", "bounced_soft", "bounced_unstated")
        for stopped in (True, False)
    ],
    "bounced_office": [
        {"state": state, "stopped": stopped, "told": told, "words": words}
        for state in ("bounced_hard", "bounced_soft", "bounced_unstated", "complained", "rejected")
        for stopped, told, words in (
            (False, None, ""),
            (True, "a@b.example", "550 5.1.1 user unknown"),
        )
    ],
    "decision": [{"counts": True}, {"counts": False}, {"counts": False, "granted": False}],
    "declared": [{"numbers": ["0399991111", "08012345678"]}],
    "test_mail": [
        {"address": each} for each in ("pc@sakura.example", "a..b@docomo.ne.jp", "chatwork:123")
    ]
    + [{"reminder": True}],
    "confirm": [{"reminder": False}, {"reminder": True}],
    "started": [
        {"in_trial": True},
        {"in_trial": False, "use": "listed"},
        {"in_trial": False, "trial_used_up": True},
    ],
    "no_trial": [{"paid_yen": None}, {"paid_yen": 5500}],
    "number": [{"use": "forwarding"}, {"use": "listed"}],
    "guidance": [
        {"addresses": each}
        for each in ([], ["a@rakumail.jp"], ["a..b@docomo.ne.jp", "c.@ezweb.ne.jp"])
    ],
    "lapsed": [{"paid_yen": None}, {"paid_yen": 5920}],
    "revived": [
        {"use": use, "paid_on": "2026-08-25", "paid_yen": 5920} for use in ("forwarding", "listed")
    ],
    "stopped": [{"paid_yen": None}, {"paid_yen": 5500}],
    "continued": [{"ends_on": None}, {"ends_on": "2026-09-30"}],
    "continuation": [{}, {"paid_yen": 5920}, {"withdrawn": True}],
    "stop": [{}, {"withdrawn": True}],
    "invoice": [
        {"kind": "monthly"},
        {"kind": "first", "due_on": None},
        {"kind": "first", "corrects": "mk-X-202609-1"},
        {"kind": "refund", "corrects": "mk-X-202609-1", "payable_yen": 0, "total_yen": -5500},
        {"kind": "monthly", "credit_yen": 5500, "payable_yen": 0, "credit_left_yen": 296},
        {"kind": "monthly", "registration_number": None},
    ],
    "overdue": [{"others_yen": 0}, {"others_yen": 2960}],
    "extra_people": [{"count": 1, "was": 0}, {"count": 0, "was": 1}],
    "paid_out": [{"fee_yen": 0}, {"fee_yen": 440}],
    "left": [
        {"use": "forwarding"},
        {"use": "listed", "numbers": ["0367001234", "0367005678"]},
        {"was_active": False},
        {"was_active": False, "paid_yen": 5500},
    ],
    "line": [
        {"change": change, "use": use}
        for change in ("use", "added", "removed")
        for use in ("forwarding", "listed")
    ],
    "notice": [
        {"in_trial": in_trial, "withdrawn": withdrawn}
        for in_trial in (False, True)
        for withdrawn in (False, True)
    ],
    "option": [{"ordered": True}, {"ordered": False}, {"ordered": False, "yen": 0}],
    "plan": [{"now": True}, {"now": False}, {"withdrawn": True}],
    "refused": [{"paid_yen": None, "line": None}, {"paid_yen": 5500}],
    "termination": [{"withdrawn": False}, {"withdrawn": True}],
    "withdrawn": [{"paid_yen": None, "line": None}, {"paid_yen": 5500}],
    "trial_reminder": [
        {"asked": asked, "paid": paid, "paid_yen": 5920 if paid else None}
        for asked in (False, True)
        for paid in (False, True)
    ],
}


def facts(house) -> dict:
    """Every fact that a letter may ask for, as it is stored."""
    wish = {"plan": house.plans[0].key, "use": "forwarding", "start_on": None, "wants_trial": True}
    waiting = {"name": "本人確認書類", "asks": "お送りください。", "waits_on": "client"}
    return {
        # who
        "client": "株式会社さくら商事",
        "contact": "髙橋 美咲",
        "person": "髙橋 美咲",
        "address": "pc@sakura.example",
        "contract": "mk-X",
        "about": "株式会社さくら商事",
        # the application
        "receipt": f"{house.key}-ABCDEFGHIJ",
        "seen": offer(house, wish, date(2026, 9, 1)),
        "answer_by": "2026-09-14",
        "waiting": [waiting],
        "reminder": False,
        "checks": ["お電話が当方につながること"],
        # the service
        "plan": "プラン",
        "monthly": 5500,
        "included": 30,
        "over": 165,
        "now": False,
        "use": "forwarding",
        "use_name": "転送利用",
        "greeting": "さくら商事",
        "line": "0367001234",
        "number": "0367001234",
        "numbers": ["0367001234"],
        "option": "時間外ガイダンス",
        "what": "guidance",
        # days and yen
        "day": "2026-09-16",
        "last_day": "2026-09-15",
        "ends_on": None,
        "paid_from": "2026-09-16",
        "resumed": "2026-09-17",
        "trial_until": "2026-09-20",
        "kept_until": "2026-09-30",
        "was_active": True,
        "withdrawn": False,
        "trial_used_up": False,
        "paid_yen": None,
        "yen": 1100,
        "first_lines": [["月額", 5500]],
        "first_total": 5500,
        "reason": "料金のお支払いがないため",
        # invoices
        "kind": "monthly",
        "corrects": None,
        "issued_on": "2026-10-13",
        "due_on": "2026-10-27",
        "lines": [
            {
                "label": "スモールプラン 月額基本料金",
                "month": "2026年10月",
                "quantity": 1,
                "unit_yen": 2960,
                "yen": 2960,
                "note": None,
            },
            {
                "label": "超過コール料金",
                "month": "2026年9月",
                "quantity": 3,
                "unit_yen": 148,
                "yen": 444,
                "note": "2026年9月のコール数23件のうち、基本料金に含まれる20件を超えた分",
            },
        ],
        "sums": [[10, 5500, 500], [0, 2960, 0]],
        "total_yen": 5500,
        "credit_yen": 0,
        "payable_yen": 5500,
        "credit_left_yen": 0,
        "registration_number": "T1234567890123",
        "holder": "エムケイサ-ビス(カ",
        "reference": "mk-X",
        "open_yen": 604,
        "others_yen": 0,
        "count": 1,
        "was": 0,
        "each_yen": 210,
        "parts": [{"reason": "deposit", "yen": 2960}, {"reason": "credit", "yen": 148}],
        "fee_yen": 440,
        "net_yen": 2520,
        "advised": "ハーフプラン",
        "months": [{"month": "2026年9月", "calls": 45, "yen": 6660, "advised_yen": 6435}],
        "saved_yen": 675,
        # calls and their mails
        "memo": "mk-1",
        "call_class": "業務",
        "said": "営業電話でした",
        "why": "営業電話",
        "received_at": "2026-09-01T10:05:00+09:00",
        "sent_at": "2026-09-16T10:00:00+09:00",
        "content": "受電の報告(受付番号 260901-ABCDE)",
        "again": False,
    }


class Balance(HTMLParser):
    """Counts tags that are opened and never closed."""

    def __init__(self):
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, _):
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open, tag
        assert self.open.pop() == tag, tag


def written(letter: Letter, house):
    """A letter as a mail program reads it."""
    words, to, sender = letters.compose(letter, house)
    raw = mail.message(words, house, to, sender)
    return email.message_from_bytes(raw, policy=email.policy.default)


@pytest.mark.parametrize(("house", "kind"), list(product(["mk", "smile"], KINDS)))
def test_every_letter_reads_well(house, kind):
    rules = houses.find(house)
    for case in CASES.get(kind, [{}]):
        letter = Letter(
            id=f"{house}-X#{kind}",
            house=house,
            kind=kind,
            to=["misaki@sakura.example"],
            facts=facts(rules) | case,
            unsure=[],
        )
        reads_well(written(letter, rules), rules)


def reads_well(message, rules) -> None:
    """The subject is short, both parts say the same yen, and nothing in them is left unfilled."""
    assert message["subject"].startswith(f"【{rules.brand.name}】")
    assert len(message["subject"]) < 60
    assert message["auto-submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in message
    text, html = text_of(message), html_of(message)
    assert rules.brand.office_mail in text
    assert rules.brand.phone in text
    assert "様" in text
    assert "\n\n\n" not in text
    for part in (text, html):
        assert "None" not in part
        assert "{{" not in part
    for yen in ("5,500円", "2,960円"):
        assert (yen in text) == (yen in html)
    balance = Balance()
    balance.feed(html)
    assert balance.open == []


@pytest.mark.parametrize("bad", ["さくら\r\nBcc: x@y.example", "さくら\nX: y"])
def test_a_line_break_never_reaches_a_header(bad):
    rules = houses.find("mk")
    with pytest.raises(ValueError):
        mail.message(mail.Words(bad, "t", "h"), rules, ["a@b.example"], rules.sender())
    with pytest.raises(ValueError):
        mail.message(mail.Words("s", "t", "h"), rules, [f"a@b.example{bad[3:]}"], rules.sender())
    assert "\n" not in mail.words("calls/report", report_facts(rules, bad)).subject


def report_facts(house, name: str) -> dict:
    """The facts of a report of a call from `name`, about which little else is known."""
    memo = SimpleNamespace(
        route_note=None,
        revises=None,
        number="260901-ABCDE",
        received_at=datetime(2026, 9, 1, tzinfo=UTC),
        caller_number=None,
    )
    return {
        "house": house,
        "memo": memo,
        "from_whom": name,
        "call_class": "業務",
        "business": "",
        "link": "x",
        "moods": [],
        "missing": [],
        "earlier": [],
        "further": [],
        "may_be_repeat": False,
        "corrected_number": None,
        "for_whom": None,
        "phone": None,
        "wants_call_back": None,
        "surcharge": None,
    }


WRITTEN = """髙﨑①㈱の𠮷田様より。
・ＡＢＣ１２３（ﾊﾝｶｸ）<至急> & "確認"

絵文字 📞👍🏽👨‍👩‍👧
https://example.com/%s



三行あけて



""" % ("a" * 120)
WRITTEN += "請求書の送付先が変わりましたので、新しい住所へお送りください。\n" * 70
WRITTEN = WRITTEN[:2000].strip()
HEADERS = {"From", "To", "Reply-To", "Subject", "Auto-Submitted", "MIME-Version", "Content-Type"}
HEADERS |= {"X-Auto-Response-Suppress"}


class Shown(HTMLParser):
    """The words that are shown, and the addresses of everything that is linked or loaded."""

    def __init__(self, html: str):
        super().__init__()
        self.words = ""
        self.tags: set[str] = set()
        self.targets: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.words += "\n" if tag == "br" else ""
        self.targets += [value for name, value in attributes if name in ("href", "src")]

    def handle_data(self, data):
        self.words += data


@pytest.mark.parametrize(
    ("house", "subject", "sender"),
    [
        ("mk", "【受電報告】MKサービス", "MKサービス <operator1@mk.example>"),
        (
            "smile",
            "【電話受付のご報告】スマイルフォンネット",
            "スマイルフォンネット <report@smile.example>",
        ),
    ],
)
def test_a_report_arrives_as_it_was_written(desk, house, subject, sender):
    desk.starts(house)
    caller = {
        "company": "髙﨑①㈱ ＡＢＣ事業部",
        "name": "﨑山 𠮷郎",
        "phone": "０９０－１２３４－５６７８ 内線12",
    }
    assert len(WRITTEN) > 1950
    assert desk.memo(caller=caller, business=WRITTEN, mood=["hurry"]).status == 201
    report = desk.mails()[-1]
    assert report["subject"] == subject
    assert report["from"] == sender
    assert report["to"] == "pc@sakura.example"
    assert set(report.keys()) == HEADERS  # of no list, nothing bulk
    assert report.get_content_type() == "multipart/alternative"
    text, shown = text_of(report), Shown(html_of(report))
    order = [
        "髙﨑①㈱ ＡＢＣ事業部 﨑山 𠮷郎 様",
        "090-1234-5678(０９０－１２３４－５６７８ 内線12)",
        WRITTEN,
        "お急ぎ",
        "受付番号",
    ]
    for words in (text, shown.words):
        places = [words.index(each) for each in order]
        assert places == sorted(places)
    own = "https://denwaban.example" + link(report)
    office = {"mk": "tel:0367002020", "smile": "tel:0367001010"}[house]
    assert shown.targets == ["tel:09012345678", own, office]
    assert not shown.tags & {"img", "script", "link", "style", "form"}
    ours = [line for line in text.split("\n") if line not in WRITTEN.split("\n")]
    assert [line for line in ours if "http" in line] == [own]


@pytest.mark.parametrize(
    "lines", ["一行目\n二行目\n三行目", "一行目\u2028二行目\v三行目", "一行目\r二行目\r\n三行目"]
)
def test_each_line_break_of_a_memo_is_a_tag_of_its_own(desk, lines):
    desk.starts("mk")
    assert desk.memo(business=lines).status == 201
    report = desk.mails()[-1]
    assert "一行目<br>二行目<br>三行目" in html_of(report)
    assert "一行目\n二行目\n三行目" in text_of(report)


@pytest.mark.parametrize(
    "subject",
    [
        "お申し込みを受け付けました。メールアドレスの確認をお願いいたします(スマイルフォンネット)",
        "髙" * 200,
        "𠮷" * 60,
        "a" * 60 + "受付",
    ],
)
@pytest.mark.parametrize("house", ["mk", "smile"])
def test_no_encoded_word_is_longer_than_it_may_be(subject, house):
    its = houses.find(house)
    raw = mail.message(
        mail.Words(subject, "本文", "<p>本文</p>"), its, ["a@b.example"], "c@d.example"
    )
    words = re.findall(rb"=\?utf-8\?.*?\?=", raw)
    assert words
    assert max(map(len, words)) <= 75
    assert max(len(line) for line in raw.partition(b"\n\n")[0].split(b"\n")) <= 76
    assert email.message_from_bytes(raw, policy=email.policy.default)["subject"] == subject


@pytest.mark.parametrize(
    ("said", "held"),
    [
        ("至急03-6700-1234へ", ["03-6700-1234"]),
        ("+819012345678", ["+819012345678"]),
        ("〒100-0001 千代田1-2-3", ["100-0001"]),
        ("受付番号260915-7KQ2M-2。", ["260915-7KQ2M-2"]),
        ("ご契約番号mk-ABCDEFGHJK", ["mk-ABCDEFGHJK"]),
        (
            "2026年11月25日(水) 12:45までに、2026年9月1日(火)から",
            ["2026年11月25日(水) 12:45", "2026年9月1日(火)"],
        ),
        ("misaki@sakura.exampleへ", ["misaki@sakura.example"]),
        ("<b>'03-6700-1234'&\"", ["03-6700-1234"]),
        ("misaki.takahashi@sakura-shoji.example", []),  # longer than a line beside its label
        ("0123456789" * 10, []),
        ("０１２３４５６７８９０１２３４５６７８９", []),
        ("https://sakura.example/2026-09-01-1234", []),  # one link to a mail program
    ],
)
def test_a_number_is_held_together_and_nothing_else_is_changed(said, held):
    html = str(unbroken(said))
    assert re.findall(r'<span style="white-space:nowrap">(.*?)</span>', html) == held
    assert Shown(html).words == said
    assert Shown(html).tags == ({"span"} if held else set())


def test_marks_of_html_stay_whole():
    whole = Markup('<a href="tel:0367001234" title="03-6700-1234">電話</a>')
    assert unbroken(whole) == whole
