"""Which open invoices a payment is proposed for, and how sure that is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.money import matching, payers
from chalicelib.rules.money.bank_entries import Entry
from chalicelib.rules.money.matching import OpenInvoice

SEPTEMBER = date(2026, 9, 30)


def entry(payer: str = "ﾀｶﾊｼ ﾕｳｷ", yen: int = 5720, **facts) -> Entry:
    plain = Entry(
        account="0005/123/1/1234567",
        on=date(2026, 9, 1),
        yen=yen,
        text=payer,
        payer=payer,
        key=payers.key(payer),
        balance_after=None,
        bank_number=None,
        is_transfer=True,
        is_cancel=False,
        line=2,
        copy=0,
    )
    return plain._replace(**facts)


def invoice(
    number: str, open_yen: int = 5720, kana: str | None = "タカハシ　ユウキ", **facts
) -> OpenInvoice:
    plain = OpenInvoice(
        number=number,
        contract=f"mk-AAAAAAAAA{number[0]}",
        client="髙橋 勇気",
        kana=kana,
        payers=(),
        open_yen=open_yen,
        total_yen=open_yen,
        issued_on=date(2026, 9, 1),
        due_on=SEPTEMBER,
    )
    return plain._replace(**facts)


A, OTHER = invoice("A1"), invoice("B1", 2960, "スズキ")
BIG, BIGGER = invoice("A2", 3000), invoice("A3", 8000)
NUMBERED = entry("MK-7KQ2MAB3DE ﾀﾅｶ")
OURS = A._replace(kana=None, contract="mk-7KQ2MAB3DE")


@pytest.mark.parametrize(
    ("payment", "invoices", "strength", "numbers", "reason"),
    [
        # The payer is known.
        (entry(), [A, OTHER], "strong", ["A1"], "name"),
        (entry("ｶ)ABC"), [A._replace(kana=None, client="㈱ＡＢＣ")], "strong", ["A1"], "name"),
        (entry("ﾔﾏﾀﾞ"), [A._replace(payers=("ヤマダ",))], "strong", ["A1"], "payer"),
        (entry(), [A._replace(open_yen=1), invoice("C1", kana="ア", payers=("タカハシユウキ",))],
         "strong", ["C1"], "payer"),
        (NUMBERED, [OURS, invoice("B1", kana="タナカ")], "strong", ["A1"], "number"),
        (entry("7KQ2MAB3DE"), [OURS], "strong", ["A1"], "number"),
        (entry("1234567 ﾀｶﾊｼ ﾕｳｷ"), [A], "strong", ["A1"], "name"),
        (entry(is_transfer=False), [A], "strong", ["A1"], "name"),
        # Two candidates are a list.
        (entry(), [A, invoice("B1")], "list", ["A1", "B1"], "several"),
        (entry(), [A._replace(due_on=date(2026, 10, 31)), invoice("A2")], "list", ["A2", "A1"],
         "several"),
        (entry("ﾔﾏﾀﾞ"), [A, invoice("B1", kana="イ")], "list", ["A1", "B1"], "several"),
        (entry("ﾀｶﾊｼﾕ"), [A, invoice("B1")], "list", ["A1", "B1"], "several"),
        # One transfer for several invoices of one client.
        (entry(yen=8720), [A, BIG], "strong", ["A1", "A2"], "sum"),
        (entry(yen=8720), [A, BIG, BIGGER], "strong", ["A1", "A2"], "sum"),
        (entry(yen=16_720), [A, BIG, BIGGER], "strong", ["A1", "A2", "A3"], "sum"),
        (entry(yen=8000), [invoice("A1", 5000), BIG, BIGGER], "strong", ["A3"], "name"),
        (entry(yen=6000), [BIG, invoice("A4", 3000), invoice("A5", 3000)], "list",
         ["A2", "A4", "A5"], "several"),
        (entry(yen=8720), [A, invoice("B1", 3000)], "list", ["A1", "B1"], "differs"),
        (entry("ﾀｶﾊｼﾕｳ", yen=8720), [A, BIG], "weak", ["A1", "A2"], "prefix_sum"),
        (entry("ﾔﾏﾀﾞ", yen=8720), [A, BIG], "weak", ["A1", "A2"], "amount_sum"),
        (entry("ﾔﾏﾀﾞ", yen=8720), [A, BIG, BIGGER], "none", [], "unknown"),
        # A fee may have been kept back.
        (entry(yen=5610), [A], "weak", ["A1"], "fee"),
        (entry(yen=4840), [A], "weak", ["A1"], "fee"),
        (entry(yen=8500), [A, BIG], "weak", ["A1", "A2"], "fee"),
        (entry(yen=5611), [A], "list", ["A1"], "differs"),
        (entry(yen=4839), [A], "list", ["A1"], "differs"),
        (entry(yen=5500), [A, invoice("A2", 6000)], "list", ["A1", "A2"], "several"),
        (entry("ﾀｶﾊｼﾕｳ", yen=5610), [A], "none", [], "unknown"),
        (entry(yen=6000), [A], "list", ["A1"], "differs"),
        # A name's beginning, and the amount alone.
        (entry("ﾀｶﾊｼﾕ"), [A, OTHER], "weak", ["A1"], "prefix"),
        (entry("ﾀｶﾊｼﾕｳｷ ｵｵｻｶｼﾃﾝ"), [A, invoice("B1", kana="スズキ")], "weak", ["A1"], "prefix"),
        (entry("ﾀｶﾊｼ"), [A, invoice("B1", kana="スズキ")], "weak", ["A1"], "prefix"),
        (entry(yen=1), [invoice("A1", 1)], "strong", ["A1"], "name"),
        (entry("ﾀｶﾊ"), [A, invoice("B1", kana="スズキ")], "list", ["A1", "B1"], "several"),
        (entry("ﾔﾏﾀﾞ"), [A, OTHER], "weak", ["A1"], "amount"),
        (entry(""), [A, OTHER], "weak", ["A1"], "amount"),
        (entry("ﾘｿｸ", is_transfer=False), [A], "none", [], "unknown"),
        (entry("ﾔﾏﾀﾞ", yen=1), [A, OTHER], "none", [], "unknown"),
        (entry(), [], "none", [], "unknown"),
        (entry(), [A._replace(open_yen=0, total_yen=5720)], "none", [], "unknown"),
        (entry(is_cancel=True), [A], "none", [], "cancel"),
    ],
)  # fmt: skip
def test_a_payment_is_proposed_for(payment, invoices, strength, numbers, reason):
    proposal = matching.propose(payment, invoices)
    assert (proposal.strength, proposal.reason) == (strength, reason)
    assert list(proposal.invoices) == numbers


def test_an_invoice_paid_in_part_is_matched_by_what_is_open():
    part = invoice("A1", 720, total_yen=5720)
    assert matching.propose(entry(yen=720), [part]).strength == "strong"
    assert matching.propose(entry(yen=5720), [part]).strength == "list"


def test_what_a_short_payment_lacks_is_told():
    proposal = matching.propose(entry(yen=5280), [A])
    assert proposal.fee_yen == 440
    assert proposal.sentence == (
        "請求書A1の未入金額より440円少ないお振込です。振込手数料が差し引かれた可能性があります。"
        "不足分の扱いもあわせてご判断ください。"
        "お振込の内容をご確認のうえ、正しい場合は消込を確定してください。"
    )


@pytest.mark.parametrize(
    ("payment", "invoices", "sentence"),
    [
        (
            entry(),
            [A],
            "振込名義と金額が請求書A1と一致しています。"
            "内容をご確認のうえ、消込を確定してください。",
        ),
        (
            entry(yen=8720),
            [A, BIG],
            "髙橋 勇気様の未入金の請求書2件(A1、A2)の合計と、金額が一致しています。"
            "内容をご確認のうえ、消込を確定してください。",
        ),
        (
            entry("ﾔﾏﾀﾞ"),
            [A],
            "振込名義は一致しませんが、金額が一致する請求書はA1だけです。"
            "お振込の内容をご確認のうえ、正しい場合は消込を確定してください。",
        ),
        (
            entry(),
            [A, invoice("B1")],
            "候補となる請求書が2件あります。該当する請求書を選択してください。",
        ),
        (
            entry(yen=1),
            [A],
            "髙橋 勇気様からのお振込と思われますが、金額が未入金の請求書と一致しません。"
            "充当する請求書を選択してください。",
        ),
        (
            entry(is_cancel=True),
            [A],
            "銀行からの取消の通知です。取り消された入金をご確認ください。",
        ),
        (
            entry(),
            [],
            "該当する未入金の請求書が見つかりません。"
            "振込名義と金額をご確認のうえ、請求書を選択してください。",
        ),
    ],
)
def test_the_office_is_told_why_and_what_to_do(payment, invoices, sentence):
    assert matching.propose(payment, invoices).sentence == sentence


def test_of_several_clients_a_list_names_the_one_that_is_due_first():
    later = invoice("B1", 900, client="髙橋 友希", due_on=date(2026, 10, 31))
    sentence = matching.propose(entry(yen=1), [later, A]).sentence
    assert sentence.startswith("髙橋 勇気様からのお振込と思われますが、")


def test_of_many_open_invoices_only_all_together_are_a_sum():
    many = [invoice(f"A{place:02}", 1000 + place) for place in range(11)]
    total = sum(each.open_yen for each in many)
    assert matching.propose(entry(yen=total), many).reason == "sum"
    assert matching.propose(entry(yen=1000 + 1001), many).reason == "differs"
    assert matching.propose(entry(yen=1000 + 1001), many[:10]).reason == "sum"


BEFORE = entry(bank_number="000007", on=date(2026, 9, 1))
CANCEL = entry(bank_number="000007", on=date(2026, 9, 2), is_cancel=True)


@pytest.mark.parametrize(
    ("cancel", "earlier", "expected"),
    [
        (CANCEL, [BEFORE], [BEFORE]),
        (CANCEL, [BEFORE, BEFORE._replace(bank_number="000008")], [BEFORE]),
        (CANCEL, [BEFORE._replace(bank_number=None)], [BEFORE._replace(bank_number=None)]),
        (CANCEL, [BEFORE._replace(key="ヤマダ")], [BEFORE._replace(key="ヤマダ")]),
        (CANCEL, [BEFORE._replace(bank_number="000008", key="ヤマダ")], []),
        (CANCEL._replace(bank_number=None), [BEFORE], [BEFORE]),
        (CANCEL._replace(bank_number=None), [BEFORE, BEFORE._replace(copy=1)],
         [BEFORE, BEFORE._replace(copy=1)]),
        (CANCEL, [BEFORE._replace(on=CANCEL.on)], [BEFORE._replace(on=CANCEL.on)]),
        (CANCEL, [BEFORE._replace(yen=1)], []),
        (CANCEL, [BEFORE._replace(account="0310")], []),
        (CANCEL, [BEFORE._replace(on=date(2026, 9, 3))], []),
        (CANCEL, [CANCEL], []),
        (CANCEL, [], []),
    ],
)  # fmt: skip
def test_a_cancelling_notice_finds_the_payment_that_it_takes_back(cancel, earlier, expected):
    assert list(matching.unmatches(cancel, earlier)) == expected


@st.composite
def open_invoices(draw):
    """Few names, contracts and amounts, so that they meet often."""
    rows = draw(
        st.lists(
            st.tuples(
                st.sampled_from("ABC"),
                st.sampled_from([1000, 2000, 3000, 5720]),
                st.sampled_from(["タカハシ　ユウキ", "タカハシ　ユウコ", "ヤマダ", None]),
                st.booleans(),
            ),
            max_size=6,
        )
    )
    return [
        invoice(f"{letter}{place}", yen, kana, payers=("サトウ",) if remembered else ())
        for place, (letter, yen, kana, remembered) in enumerate(rows)
    ]


PAYMENTS = st.builds(
    entry,
    st.sampled_from(["ﾀｶﾊｼ ﾕｳｷ", "ﾀｶﾊｼﾕ", "ｻﾄｳ", "ﾔﾏﾀﾞ", ""]),
    st.sampled_from([1000, 2000, 3000, 4000, 5000, 5720, 5500]),
)


@given(PAYMENTS, open_invoices())
def test_a_proposal_adds_up_and_belongs_to_one_client(payment, invoices):
    proposal = matching.propose(payment, invoices)
    chosen = [each for each in invoices if each.number in proposal.invoices]
    if proposal.strength in ("strong", "weak"):
        assert sum(each.open_yen for each in chosen) == payment.yen + proposal.fee_yen
        assert len({each.contract for each in chosen}) == 1
    if proposal.reason != "fee":
        assert proposal.fee_yen == 0
    if proposal.strength == "strong":
        assert all(payment.key in {*each.names, *each.payers} for each in chosen)


@given(PAYMENTS, open_invoices(), st.data())
def test_two_candidates_never_give_a_proposal(payment, invoices, data):
    proposal = matching.propose(payment, invoices)
    if proposal.strength not in ("strong", "weak"):
        return
    chosen = [each for each in invoices if each.number in proposal.invoices]
    twins = [each._replace(number=f"{each.number}x") for each in chosen]
    others = [each._replace(contract="mk-ZZZZZZZZZZ") for each in twins]
    twin = data.draw(st.sampled_from([twins, others] if len(chosen) == 1 else [others]))
    assert matching.propose(payment, [*invoices, *twin]).strength == "list"


@given(PAYMENTS, open_invoices(), st.randoms())
def test_the_order_of_the_invoices_changes_nothing(payment, invoices, random):
    shuffled = random.sample(invoices, len(invoices))
    assert matching.propose(payment, shuffled) == matching.propose(payment, invoices)
