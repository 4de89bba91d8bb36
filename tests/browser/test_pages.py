"""The pages in a real Chromium, at phone and desktop width.

The story can be clicked, and axe finds nothing.
"""

import pytest

from tests.browser.eyes import PHONE, fine, sees
from tests.desk import FORM, html_of, link

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
BOXES = {"plan", "party", "use", "trial"}


def fill(page, **form):
    """Type and tick what the usual client says, with other words where they are given."""
    for name, value in (FORM | form).items():
        if name in BOXES:
            page.check(f'input[name="{name}"][value="{value}"]')
        elif name == "agreed":
            page.check("#agreed")
        else:
            page.fill(f"#{name}", value)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/mk",
        "/smile",
        "/mk?calls=9999",
        "/smile?calls=x",
        "/mk/signup",
        "/smile/signup",
        "/docs",
        "/nobody",
    ],
)
def test_every_page_is_accessible(page, site, path):
    page.goto(site + path)
    fine(page)


def test_signing_up_is_one_page_two_presses_and_a_mail(page, site, desk):
    page.goto(f"{site}/mk/signup")
    fill(page)
    page.click("text=確認画面へ進む")
    sees(page, "h1", "お申込み内容の最終確認")
    sees(page, "strong", "合計 5,920円")
    fine(page)
    page.click("text=入力画面に戻る")
    sees(page, "h1", "お申し込み")
    assert page.input_value("#company") == "株式会社さくら商事"
    assert page.is_checked("#agreed")
    page.click("text=確認画面へ進む")
    page.click("text=この内容で申し込む")
    sees(page, "h1", "お申し込みを受け付けました")
    fine(page)
    page.go_back()
    page.go_back()
    desk.house = "mk"
    assert len(desk.get("/v1/contracts").json["contracts"]) == 1

    page.goto(site + link(desk.mail("お申し込みを受け付けました")))
    fine(page)
    page.click("text=確認する")
    sees(page, "h1", "確認が完了しました")
    fine(page)
    page.goto(site + link(desk.mail("テストメール")))
    page.click("text=受信を確認する")
    sees(page, "main", "pc@sakura.example を確認しました")


def test_the_back_button_after_applying_makes_no_second_contract(page, site, desk):
    page.goto(f"{site}/mk/signup")
    fill(page)
    page.click("text=確認画面へ進む")
    page.click("text=この内容で申し込む")
    sees(page, "h1", "お申し込みを受け付けました")  # only then is there a page to go back from
    page.go_back()  # to the final screen, with its key
    page.click("text=この内容で申し込む")
    sees(page, "h1", "お申し込みを受け付けました")
    desk.house = "mk"
    assert len(desk.get("/v1/contracts").json["contracts"]) == 1
    assert len(desk.mails()) == 1


def test_faults_are_listed_linked_and_accessible(page, site):
    page.goto(f"{site}/mk/signup")
    fill(page, mail="misaki@", person1_mail1="x")
    page.click("text=確認画面へ進む")
    sees(page, ".faults h2", "2か所をご確認ください")
    fine(page)
    page.click(".faults a >> nth=0")
    assert page.url.endswith("#mail")
    assert page.get_attribute("#mail", "aria-invalid") == "true"
    assert page.input_value("#mail") == "misaki@"


def test_it_works_without_javascript_and_by_keyboard_alone(chromium, site, desk):
    page = chromium.new_context(viewport=PHONE, java_script_enabled=False).new_page()
    page.goto(f"{site}/smile/signup")
    form = {name: value for name, value in FORM.items() if name != "trial"} | {"plan": "light"}
    page.focus('input[name="plan"]')
    page.keyboard.press("Space")
    for name, value in form.items():
        if name in ("party", "use"):
            page.focus(f'input[name="{name}"][value="{value}"]')
            page.keyboard.press("Space")
        elif name not in ("plan", "agreed"):
            page.focus(f"#{name}")
            page.keyboard.type(value)
    page.focus("#agreed")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    sees(page, "td", "最終日は2026年9月15日(火)")
    page.focus('button[value="apply"]')
    page.keyboard.press("Enter")
    sees(page, "h1", "お申し込みを受け付けました")
    assert len(desk.mails()) == 1
    page.context.close()


def test_a_plan_is_advised_on_the_same_page_by_keyboard(page, site):
    page.goto(site)
    page.click("text=おすすめのプランを調べる >> nth=0")
    page.focus("#calls")
    page.keyboard.type("たくさん")
    page.keyboard.press("Enter")
    sees(page, "#calls-fault", "0から10,000までの整数")
    fine(page)
    assert page.input_value("#calls") == "たくさん"
    assert page.get_attribute("#calls", "aria-invalid") == "true"
    page.fill("#calls", "４５")
    page.press("#calls", "Tab")
    page.keyboard.press("Enter")
    sees(page, ".answer", "月45件の場合は、ハーフプランがおすすめです")
    sees(page, ".best", "6,435円")
    fine(page)
    assert page.url.endswith("#advice")
    assert page.evaluate("document.querySelector('#calls').getBoundingClientRect().top >= 0")
    assert page.evaluate(
        "document.querySelector('.answer').getBoundingClientRect().bottom <= window.innerHeight"
    )


def test_mails_open_at_phone_width_without_scrolling_sideways(page, site, desk):
    desk.on("2026-09-01").starts("mk")
    desk.memo(business="https://example.com/" + "a" * 200)
    for mail in desk.mails():
        page.set_content(html_of(mail))
        fine(page)
