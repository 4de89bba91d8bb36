"""Every mail of every house: it can be read as text, holds together as HTML, and says who sends it."""

import re
from html.parser import HTMLParser
from itertools import product

import pytest
from markupsafe import Markup

from chalicelib.flows.post import letters
from chalicelib.models import Letter
from chalicelib.rules import houses
from chalicelib.rules.contract.offer import offer
from chalicelib.words import mail
from chalicelib.words.pages import FOLDER, unbroken
from tests.desk import link, text_of

KINDS = sorted(
    path.stem
    for path in (FOLDER / "mail").glob("[a-z]*.txt")
    if path.stem not in ("report", "report_again")
)
CASES = {
    "bounced": [
        {"state": state, "stopped": stopped}
        for state in ("bounced_hard", "bounced_soft")
        for stopped in (True, False)
    ],
    "bounced_office": [
        {"state": state, "stopped": stopped, "told": told, "words": words}
        for state in ("bounced_hard", "bounced_soft", "complained", "rejected")
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
    "stopped": [{"paid_yen": None}, {"paid_yen": 5500}],
    "continued": [{"ends_on": None}, {"ends_on": "2026-09-30"}],
    "continuation": [{}, {"paid_yen": 5920}, {"withdrawn": True}],
    "stop": [{}, {"withdrawn": True}],
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
    wish = {"plan": house.plans[0].key, "use": "forwarding", "start_on": None, "wants_trial": True}
    seen = offer(house, wish, __import__("datetime").date(2026, 9, 1))
    return {
        "client": "株式会社さくら商事", "contact": "髙橋 美咲", "receipt": f"{house.key}-ABCDEFGHIJ", "seen": seen,
        "answer_by": "2026-09-14", "waiting": [{"name": "本人確認書類", "asks": "お送りください。", "waits_on": "client"}],
        "person": "髙橋 美咲", "address": "pc@sakura.example", "plan": "プラン", "monthly": 5500, "paid_from": "2026-09-16", "paid_yen": None, "trial_used_up": False, "resumed": "2026-09-17", "trial_until": "2026-09-20", "line": "0367001234",
        "use": "forwarding", "greeting": "さくら商事", "last_day": "2026-09-15", "first_lines": [["月額", 5500]],
        "numbers": ["0367001234"], "was_active": True, "checks": ["お電話が当方につながること"], "ends_on": None, "withdrawn": False, "included": 30, "over": 165, "now": False,
        "option": "時間外ガイダンス", "yen": 1100, "number": "0367001234", "call_class": "業務", "received_at": "2026-09-01T10:05:00+09:00", "use_name": "転送利用", "reason": "料金のお支払いがないため",
        "first_total": 5500, "contract": "mk-X", "about": "株式会社さくら商事", "said": "営業電話でした", "memo": "mk-1", "why": "営業電話", "sent_at": "2026-09-16T10:00:00+09:00", "what": "guidance", "content": "受電の報告(受付番号 260901-ABCDE)", "again": False, "day": "2026-09-16", "kept_until": "2026-09-30", "reminder": False,
    }  # fmt: skip


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
        said, to, sender = letters.compose(letter, rules)
        parsed = __import__("email").message_from_bytes(
            mail.message(said, rules, to, sender), policy=__import__("email").policy.default
        )
        text, html = text_of(parsed), parsed.get_body(("html",)).get_content()
        assert parsed["subject"].startswith(f"【{rules.brand.name}】")
        assert len(parsed["subject"]) < 60
        assert rules.brand.office_mail in text
        assert rules.brand.phone in text
        assert "様" in text
        assert "\n\n\n" not in text
        assert "None" not in text + html
        assert "{{" not in text + html
        assert "List-Unsubscribe" not in parsed
        assert parsed["auto-submitted"] == "auto-generated"
        balance = Balance()
        balance.feed(html)
        assert balance.open == []
        for number in ("5,500円", "2,960円"):
            assert (number in text) == (number in html)


@pytest.mark.parametrize("bad", ["さくら\r\nBcc: x@y.example", "さくら\nX: y"])
def test_a_line_break_never_reaches_a_header(bad):
    rules = houses.find("mk")
    words = mail.Words(bad, "text", "<p>html</p>")
    with pytest.raises(ValueError):
        mail.message(words, rules, ["a@b.example"], rules.sender())
    with pytest.raises(ValueError):
        mail.message(mail.Words("s", "t", "h"), rules, [f"a@b.example{bad[3:]}"], rules.sender())
    assert "\n" not in mail.words("calls/report", _report_facts(rules, bad)).subject


def _report_facts(house, name):
    from datetime import UTC, datetime
    from types import SimpleNamespace

    memo = SimpleNamespace(
        route_note=None,
        revises=None,
        number="260901-ABCDE",
        received_at=datetime(2026, 9, 1, tzinfo=UTC),
        caller_number=None,
    )
    blank = {"business": ""} | dict.fromkeys(
        ["corrected_number", "for_whom", "phone", "wants_call_back", "surcharge"]
    )
    return blank | {
        "house": house, "memo": memo, "from_whom": name, "moods": [], "call_class": "業務", "missing": [], "earlier": [], "further": [], "link": "x", "may_be_repeat": False,
    }  # fmt: skip


WRITTEN = (
    '髙﨑①㈱の𠮷田様より。\n・ＡＢＣ１２３（ﾊﾝｶｸ）<至急> & "確認"\n\n絵文字 📞👍🏽👨‍👩‍👧\nhttps://example.com/'
    + "a" * 120
    + "\n"
)
WRITTEN += "\n\n\n三行あけて\n\n\n\n"
WRITTEN += "請求書の送付先が変わりましたので、新しい住所へお送りください。\n" * 70
WRITTEN = WRITTEN[:2000].strip()
HEADERS = {"From", "To", "Reply-To", "Subject", "Auto-Submitted", "MIME-Version", "Content-Type"}


class Shown(HTMLParser):
    """The words that are shown, and the addresses of everything that is linked or loaded."""

    def __init__(self, html: str):
        super().__init__()
        self.words, self.tags, self.targets = "", set(), []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
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
    mail = desk.mails()[-1]
    assert (mail["subject"], mail["from"], mail["to"]) == (subject, sender, "pc@sakura.example")
    assert set(mail.keys()) == HEADERS
    assert mail.get_content_type() == "multipart/alternative"  # of no list, nothing bulk
    text, shown = text_of(mail), Shown(mail.get_body(("html",)).get_content())
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
    own = "https://denwaban.example" + link(mail)
    office = {"mk": "tel:0367002020", "smile": "tel:0367001010"}[house]
    assert shown.targets == ["tel:09012345678", own, office]
    assert not shown.tags & {
        "img",
        "script",
        "link",
        "style",
        "form",
    }
    foreign = [
        line for line in text.split("\n") if "http" in line and line not in WRITTEN.split("\n")
    ]
    assert foreign == [own]


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
