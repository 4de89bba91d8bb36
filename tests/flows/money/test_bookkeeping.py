"""A bookkeeper's month: short, double, by another name, taken back; in the end all adds up."""

import pytest

from chalicelib.models import Contract, Invoice, Payment
from tests import stores
from tests.faults.wire import Killed, Wire
from tests.flows.money.bank_days import as_proposed, confirms, imports, notices, proposals, row
from tests.flows.money.bills import invoices, number, pays

CLIENTS = {  # line: company, kana of its transfers
    "03-6700-0001": ("株式会社さくら商事", "ｶ)ｻｸﾗｼﾖｳｼﾞ"),
    "03-6700-0002": ("青葉電機株式会社", "ｱｵﾊﾞﾃﾞﾝｷ(ｶ"),
    "03-6700-0003": ("みどり設計合同会社", None),
    "03-6700-0004": ("有限会社あさひ", "ﾕ)ｱｻﾋ"),
}


def opens(desk, line: str) -> str:
    """A client whose paid contract begins today."""
    company, kana = CLIENTS[line]
    host = f"{line[-4:]}.example"
    contract = desk.signs_up(
        "mk", trial="no", company=company, greeting=company, mail=f"m@{host}",
        phone=f"03-6800-{line[-4:]}", person1_mail1=f"pc@{host}", payer_kana=kana or "",
    )  # fmt: skip
    desk.presses("お申し込みを受け付けました", to=f"m@{host}")
    desk.presses("テストメール", to=f"pc@{host}")
    desk.passes("identity", "payment")
    desk.passes("number", number=line)
    assert desk.look()["payer_kana"] == kana
    return contract


@pytest.fixture
def closed(desk):
    """Four clients of August, and the close of September."""

    def live():
        desk.on("2026-08-20")
        desk.contracts = [opens(desk, line) for line in CLIENTS]
        desk.on("2026-09-11")
        desk.bills = []
        for contract in desk.contracts:
            desk.contract = contract
            desk.bills.append(number(desk, -1))
            assert invoices(desk)[-1]["open_yen"] == 2960

    stores.once("four clients of mk", desk, live)
    return desk


def by_payer(desk) -> dict[str, dict]:
    return {each["payment"]["payer"]: each for each in proposals(desk)}


def adds_up() -> None:
    """Every payment is what it took and its credit; every invoice is what it got and is open."""
    paid: dict[str, int] = {}
    for payment in Payment.scan():
        if payment.contract and not payment.cancelled_at:
            taken = sum(part["yen"] for part in payment.taken)
            assert payment.yen == taken + payment.credit_yen
            for part in payment.taken:
                paid[part["invoice"]] = paid.get(part["invoice"], 0) + part["yen"]
    for invoice in Invoice.scan():
        if not invoice.replaced_by:
            assert invoice.open_yen == invoice.as_facts().payable_yen - paid.get(invoice.number, 0)
            assert (invoice.open_of is not None) is bool(invoice.open_yen)


def test_a_month_with_everything_that_happens_in_one(closed):
    desk = closed
    sakura, aoba, midori, asahi = desk.bills
    transfers = [
        row("ｶ)ｻｸﾗｼﾖｳｼﾞ", 2520, "2026-09-14", "000001"),  # short by a fee
        row("ｱｵﾊﾞﾃﾞﾝｷ(ｶ", 2960, "2026-09-14", "000002"),
        row("ｱｵﾊﾞﾃﾞﾝｷ(ｶ", 2960, "2026-09-15", "000003"),  # once more
        row("ﾐﾄﾞﾘ ﾀﾛｳ", 2960, "2026-09-15", "000004"),  # a person for a company
        row("ﾕ)ｱｻﾋ", 2960, "2026-09-15", "000005"),
    ]
    desk.on("2026-09-15")
    assert imports(desk, notices(*transfers)) == (5, 0)
    rows = by_payer(desk)
    short = rows["ｶ)ｻｸﾗｼﾖｳｼﾞ"]
    assert (short["strength"], short["invoices"], short["fee_yen"]) == ("weak", [sakura], 440)
    assert "440円少ない" in short["sentence"]
    assert (rows["ﾕ)ｱｻﾋ"]["strength"], rows["ﾕ)ｱｻﾋ"]["invoices"]) == ("strong", [asahi])
    stranger = rows["ﾐﾄﾞﾘ ﾀﾛｳ"]
    assert (stranger["strength"], len(stranger["invoices"])) == ("list", 4)  # of that amount
    doubles = [each for each in proposals(desk) if each["invoices"] == [aoba]]
    assert [each["strength"] for each in doubles] == ["strong", "strong"]
    assert len(list(Invoice.by_open.query("mk"))) == 4  # nothing is closed by a proposal

    # The second of the doubles is not confirmed unseen; a person makes it credit.
    wishes = [short, *doubles, rows["ﾕ)ｱｻﾋ"]]
    done = confirms(desk, *(as_proposed(each) for each in wishes))
    assert [each["done"] for each in done] == [True, True, False, True]
    assert done[2]["problem"]["status"] == 409
    assert "すでに入金済み" in done[2]["problem"]["detail"]
    again = confirms(desk, *(as_proposed(each) for each in wishes))
    assert [each["done"] for each in again] == [True, True, False, True]
    match = f"/v1/payments/{doubles[1]['payment']['id']}/match"
    assert desk.post(match, {"invoices": [aoba]}).json["credit_yen"] == 2960
    stranger_id = stranger["payment"]["id"]
    confirms(desk, {"payment": stranger_id, "invoices": [midori]})
    assert proposals(desk) == []
    adds_up()

    # The bank takes Asahi's transfer back: a person confirms that, and the invoice is open again.
    back = row("ﾕ)ｱｻﾋ", 2960, "2026-09-16", "000005", cancel=True)
    desk.on("2026-09-16")
    assert imports(desk, notices(transfers[4], back)) == (1, 1)
    [notice] = proposals(desk)
    assert (notice["reason"], notice["invoices"]) == ("cancel", [])
    [original] = notice["takes_back"]
    assert Payment.find(original).payer == "ﾕ)ｱｻﾋ"
    notice_id = notice["payment"]["id"]
    refused = desk.post(f"/v1/payments/{notice_id}/match", {"invoices": [asahi]})
    assert refused.status == 409
    assert "取消の通知" in refused.detail
    wish = {"payment": notice_id, "takes_back": original}
    assert [each["done"] for each in confirms(desk, wish, wish)] == [True, True]
    assert Invoice.find(asahi).open_yen == 2960
    assert Payment.find(original).cancelled_at is not None
    assert proposals(desk) == []
    adds_up()

    # What is short is reminded of with its open yen, what is paid is not.
    desk.on("2026-10-01")
    reminders = {mail["to"]: desk_text(mail) for mail in reminding(desk)}
    assert set(reminders) == {"m@0001.example", "m@0004.example"}
    assert "440円" in reminders["m@0001.example"]
    assert "2,960円" in reminders["m@0004.example"]

    # Next month the other name is known, and the credit has paid Aoba's invoice.
    desk.on("2026-10-14")
    assert imports(desk, notices(row("ﾐﾄﾞﾘ ﾀﾛｳ", 2960, "2026-10-14"))) == (1, 0)
    [known] = proposals(desk)
    assert (known["strength"], known["reason"]) == ("strong", "payer")
    assert known["invoices"] == [midori.replace("202609", "202610")]
    confirms(desk, as_proposed(known))
    desk.contract = desk.contracts[1]
    assert (invoices(desk)[-1]["credit_yen"], invoices(desk)[-1]["payable_yen"]) == (2960, 0)
    adds_up()


def reminding(desk) -> list:
    return [mail for mail in desk.mails() if "お支払いのご確認のお願い" in mail["subject"]]


def desk_text(mail) -> str:
    return mail.get_body(("plain",)).get_content()


def test_a_transfer_that_the_office_has_recorded_already(closed):
    desk = closed
    desk.contract = desk.contracts[0]
    by_hand = pays(desk, 2960, "2026-09-11", desk.bills[0])["id"]
    imports(desk, notices(row("ｶ)ｻｸﾗｼﾖｳｼﾞ", 2960, "2026-09-11"), row("ﾕ)ｱｻﾋ", 148, "2026-09-11")))
    rows = by_payer(desk)
    assert rows["ｶ)ｻｸﾗｼﾖｳｼﾞ"]["recorded_before"] == [by_hand]
    assert rows["ﾕ)ｱｻﾋ"]["recorded_before"] == []


def for_two(desk) -> tuple[str, dict]:
    """One transfer for two contracts: its id, and which invoices it is for."""
    imports(desk, notices(row("ｻﾝﾛｺ)", 6000, "2026-09-11")))
    [proposal] = proposals(desk)
    return proposal["payment"]["id"], {"invoices": desk.bills[:2]}


def test_one_transfer_for_two_contracts(closed):
    desk = closed
    payment, body = for_two(desk)
    match = f"/v1/payments/{payment}/match"
    answer = desk.post(match, body)
    assert answer.status == 200
    assert desk.post(match, body).json == answer.json
    assert [part["yen"] for part in answer.json["parts"]] == [2960, 3040]
    assert [Invoice.find(each).open_yen for each in desk.bills[:2]] == [0, 0]
    assert [Contract.find(each).credit_yen for each in desk.contracts[:2]] == [0, 80]
    for other in ({"invoices": desk.bills[2:3]}, {"invoices": desk.bills[2:]}):
        assert desk.post(match, other).status == 409
    assert desk.post(match, {"contract": desk.contracts[0]}).status == 409
    assert proposals(desk) == []
    adds_up()


class Ends:
    """A fault: the process ends before the call has any effect."""

    lasting = False

    def strikes(self, _):
        raise Killed


@pytest.mark.parametrize("place", range(0, 24, 2))
def test_a_transfer_for_two_contracts_that_dies_anywhere_goes_on(closed, place):
    desk = closed
    payment, body = for_two(desk)
    match = f"/v1/payments/{payment}/match"
    with Wire(Payment.Meta.table_name.removesuffix("payments")).laid() as wire:
        try:
            with wire.listening(place, Ends()):
                desk.post(match, body)
        except Killed:
            pass
    assert desk.post(match, body).status == 200
    assert [Invoice.find(each).open_yen for each in desk.bills[:2]] == [0, 0]
    assert [Contract.find(each).credit_yen for each in desk.contracts[:2]] == [0, 80]
    assert len(list(Payment.scan(Payment.part_of == payment))) == 2
    adds_up()


def test_a_part_that_waits_again_is_matched_with_the_whole(closed):
    desk = closed
    payment, body = for_two(desk)
    match = f"/v1/payments/{payment}/match"
    parts = desk.post(match, body).json["parts"]
    assert desk.call("DELETE", f"/v1/payments/{parts[0]['id']}/match").status == 200
    assert Invoice.find(desk.bills[0]).open_yen == 2960
    assert desk.post(match, body).status == 200
    assert [Invoice.find(each).open_yen for each in desk.bills[:2]] == [0, 0]
    adds_up()


def test_a_notice_about_a_transfer_for_two_contracts(closed):
    desk = closed
    payment, body = for_two(desk)
    desk.post(f"/v1/payments/{payment}/match", body)
    lone = desk.post(f"/v1/payments/{payment}/cancellation", {"reason": "誤り"})
    assert lone.status == 409
    imports(desk, notices(row("ｻﾝﾛｺ)", 6000, "2026-09-11", cancel=True)))
    [notice] = proposals(desk)
    assert notice["takes_back"] == [payment]
    [done] = confirms(desk, {"payment": notice["payment"]["id"], "takes_back": payment})
    assert done["done"], done
    assert [Invoice.find(each).open_yen for each in desk.bills[:2]] == [2960, 2960]
    assert [Contract.find(each).credit_yen for each in desk.contracts[:2]] == [0, 0]
    assert Payment.find(payment).cancelled_at is not None
    adds_up()


def test_a_notice_about_another_payment_is_refused(closed):
    desk = closed
    imports(
        desk,
        notices(
            row("ﾕ)ｱｻﾋ", 2960, "2026-09-11", "000001"),
            row("ﾕ)ｱｻﾋ", 2961, "2026-09-11", "000002"),
            row("ﾕ)ｱｻﾋ", 2960, "2026-09-11", "000001", cancel=True),
        ),
    )
    rows = {each["payment"]["yen"]: each["payment"]["id"] for each in proposals(desk)}
    [notice] = [each for each in proposals(desk) if each["payment"]["is_cancel"]]
    notice_id, [right] = notice["payment"]["id"], notice["takes_back"]
    wishes = [
        {"payment": notice_id, "takes_back": rows[2961]},
        {"payment": notice_id, "takes_back": notice_id},
        {"payment": notice_id, "takes_back": "mk-nobody"},
        {"payment": rows[2961], "takes_back": right},
        {"payment": notice_id},
        {"payment": notice_id, "takes_back": right, "invoices": [desk.bills[0]]},
    ]
    done = confirms(desk, *wishes)
    assert [each["problem"]["status"] for each in done] == [409, 409, 404, 409, 422, 422]
    aside = desk.post(f"/v1/payments/{notice_id}/cancellation", {"reason": "銀行に確認済み"})
    assert aside.status == 200
    assert len(proposals(desk)) == 2


def test_hostile_words(closed):
    desk = closed
    for body in ({}, {"confirmed": []}, {"confirmed": [{}]}, {"confirmed": [{"payment": 1}]}):
        assert desk.post("/v1/proposals/confirm", body).status == 422
    many = {"confirmed": [{"payment": "a", "invoices": ["b"]}] * 51}
    assert desk.post("/v1/proposals/confirm", many).status == 422
    for query in ("limit=0", "limit=x", "cursor=x", "cursor=e30=", "other=1"):
        assert desk.get(f"/v1/proposals?{query}").status == 422
    [done] = confirms(desk, {"payment": "mk-nobody", "invoices": [desk.bills[0]]})
    assert done["problem"]["status"] == 404


def test_the_list_of_proposals_goes_on(closed):
    desk = closed
    imports(desk, notices(*(row("ﾀﾞﾚｶ", yen, "2026-09-11") for yen in range(1, 6))))
    first = desk.get("/v1/proposals?limit=3").json
    rest = desk.get(f"/v1/proposals?limit=3&cursor={first['cursor']}").json
    amounts = [each["payment"]["yen"] for page in (first, rest) for each in page["proposals"]]
    assert sorted(amounts) == [1, 2, 3, 4, 5]
    assert rest["cursor"] is None
    assert desk.get("/v1/proposals", house="smile").json["proposals"] == []


def refusal(desk, method: str, path: str, body=None) -> tuple[int, str]:
    answer = desk.call(method, path, body)
    return answer.status, answer.detail


def test_what_cannot_be_undone_is_said_with_its_remedy(closed):
    desk = closed
    sakura, aoba, *_ = desk.bills
    desk.on("2026-09-14")
    gate = next(each for each in desk.get("/v1/payments").json["payments"] if each["contract"])
    status, why = refusal(desk, "DELETE", f"/v1/payments/{gate['id']}/match")
    assert (status, why) == (409, "この入金の消し込みは取り消せません。")

    paid = pays(desk, 2960, "2026-09-14", sakura)
    again = refusal(desk, "POST", f"/v1/payments/{paid['id']}/match", {"invoices": [aoba]})
    assert again[0] == 409
    assert "先に消し込みを取り消してください" in again[1]

    desk.contract = desk.contracts[1]
    desk.post(f"/v1/invoices/{aoba}/correction", {"reason": "宛名の変更", "adjustments": []})
    new = number(desk, -1)
    late = pays(desk, 2960, "2026-09-14", key="late")
    status, why = refusal(desk, "POST", f"/v1/payments/{late['id']}/match", {"invoices": [aoba]})
    assert status == 409
    assert f"{new} を指定してください" in why
    adds_up()


def test_credit_that_was_used_keeps_its_payment(closed):
    """Overpaid by 3,000, of which the next invoice takes 2,960 before the bank takes it back."""
    desk = closed
    desk.contract = desk.contracts[0]
    desk.on("2026-09-14")
    over = pays(desk, 5960, "2026-09-14", desk.bills[0])
    desk.on("2026-10-14")
    assert invoices(desk)[-1]["open_yen"] == 0
    body = {"reason": "組戻し"}
    status, why = refusal(desk, "POST", f"/v1/payments/{over['id']}/cancellation", body)
    assert status == 409
    assert "先にその請求書を訂正してください" in why
    adds_up()


def test_a_payment_before_the_start_is_taken_back_with_its_gate(desk):
    desk.on("2026-08-20").signs_up("mk", trial="no")
    desk.presses("お申し込みを受け付けました")
    desk.passes("payment")
    [payment] = desk.get("/v1/payments").json["payments"]
    body = {"reason": "組戻し"}
    status, why = refusal(desk, "POST", f"/v1/payments/{payment['id']}/cancellation", body)
    assert status == 409
    assert "その完了を取り消してください" in why
