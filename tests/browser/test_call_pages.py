"""The pages behind the links of a report and of the yearly letter.

They are pressed in a real Chromium, at phone and desktop width.
"""

import pytest

from tests.browser.eyes import fine, sees
from tests.desk import link

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SALES = {"company": "営業商会", "name": "売田", "phone": "03-9999-1111"}
REPORT = {"smile": "電話受付のご報告", "mk": "受電報告"}


def opens_report(page, site, desk, **said):
    """A call comes in, and the client opens the link of its report."""
    desk.memo(f"memo-{len(desk.mails())}", **said)
    page.goto(site + link(desk.mail(REPORT[desk.house])))
    fine(page)


def test_a_report_is_received_and_a_sales_call_taken_off_by_pressing(page, site, desk):
    desk.on("2026-09-01").starts("smile")
    opens_report(page, site, desk, caller=SALES)
    assert page.content().count("<button") == 3
    assert "売田" not in page.content()
    page.click("text=報告を受け取りました")
    sees(page, ".good", "報告の受け取りを記録しました")
    fine(page)
    page.click("button:has-text('営業電話でした')")
    sees(page, ".good", "同じ番号からのお電話は、報告せず")
    fine(page)
    assert page.locator("button").count() == 0
    assert desk.counted("2026-09") == 0
    page.reload()
    sees(page, ".good", "「営業電話」として記録しました")

    opens_report(page, site, desk)
    page.click("button:has-text('間違い電話でした')")
    sees(page, ".good", "「間違い電話」として記録しました")
    fine(page)
    assert desk.counted("2026-09") == 0
    assert [each["number"] for each in desk.look()["declared"]] == ["0399991111"]

    opens_report(page, site, desk, **{"class": "test"})
    page.click("text=テストの報告を受け取りました")
    sees(page, ".good", "報告の受け取りを記録しました")
    fine(page)
    assert page.locator("button").count() == 0


def test_what_the_operator_took_as_a_sales_call_can_be_silenced(page, site, desk):
    desk.on("2026-09-01").starts("smile")
    opens_report(page, site, desk, caller=SALES, **{"class": "sales"})
    sees(page, "p", "「営業電話」としてお受けし、受電件数に数えておりません")
    assert page.locator("button.plain").all_inner_texts() == ["営業電話でした"]
    page.click("button.plain")
    sees(page, ".good", "同じ番号からのお電話は、報告せず")
    assert [each["number"] for each in desk.look()["declared"]] == ["0399991111"]
    opens_report(page, site, desk, caller=SALES | {"phone": "非通知"}, **{"class": "sales"})
    assert page.locator("button.plain").count() == 0


def test_an_objection_at_mk_waits_for_the_office_and_its_decision_is_shown(page, site, desk):
    desk.on("2026-09-01").starts("mk")
    opens_report(page, site, desk)
    page.click("button:has-text('間違い電話でした')")
    sees(page, ".good", "数え方の結果をメールでお知らせします")
    fine(page)
    (waiting,) = desk.get("/v1/objections").json["objections"]
    desk.decides(waiting["id"], "business", "ご用件を伺っています")
    page.goto(page.url)
    sees(page, "p", "判定済みです(業務のお電話")
    fine(page)
    assert page.locator("button").all_inner_texts() == ["報告を受け取りました"]


def test_the_page_of_a_call_is_pressed_by_keyboard_in_its_order(page, site, desk):
    desk.on("2026-09-01").starts("smile")
    opens_report(page, site, desk)
    stops = []
    for _ in range(5):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.innerText.trim()"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert stops == [
        "本文へ",
        "スマイルフォンネット",
        "報告を受け取りました",
        "営業電話でした",
        "間違い電話でした",
    ]
    page.keyboard.press("Enter")
    sees(page, ".good", "「間違い電話」として記録しました")


def test_links_that_lead_nowhere_say_so(page, site, desk):
    desk.on("2026-09-01").starts("smile")
    opens_report(page, site, desk)
    page.goto(page.url + "x")
    sees(page, "h1", "見つかりません")
    fine(page)


def test_declared_numbers_are_ticked_and_reported_again(page, site, desk):
    desk.on("2026-09-01").starts("smile")
    for number in ("03-9999-1111", "080-1111-2222"):
        desk.does("declared", {"number": number})
    desk.at("2027-08-30").on("2027-09-01", "09:30")
    page.goto(site + link(desk.mail("営業電話として登録されている番号のご確認")))
    fine(page)
    page.click("text=選んだ番号の報告を再開する")
    sees(page, ".warn", "番号が選ばれていない")
    page.check("#main input >> nth=0")
    page.click("text=選んだ番号の報告を再開する")
    sees(page, ".good", "03-9999-1111 からのお電話の報告を再開しました")
    fine(page)
    assert [each["number"] for each in desk.look()["declared"]] == ["08011112222"]
    page.focus("#main input")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    sees(page, ".good", "すべてのお電話を報告いたします")
    fine(page)
    assert desk.look()["declared"] == []


@pytest.mark.parametrize("house", ["mk", "smile"])
def test_the_answers_of_a_house_open(page, site, house):
    page.goto(f"{site}/{house}")
    page.focus("summary >> nth=0")
    page.keyboard.press("Enter")
    assert page.locator("details p >> nth=0").is_visible()
    for each in page.locator("summary").all()[1:]:
        each.click()
    fine(page)
