"""Papers say what their facts say, in names as typed, and are the same each time."""

import hashlib
import io
import re
import subprocess
import sys
from datetime import date

import pytest
from pypdf import PdfReader

from chalicelib import config
from chalicelib.rules.money import invoice as money
from chalicelib.words import papers
from tests.docs.references import ROOT
from tests.words.paper_examples import (
    BASE,
    COUNTED,
    DEPOSIT,
    ESTIMATE,
    INVOICE,
    ISSUER,
    RECEIPT,
    SALES,
    STATEMENT,
    XML,
    all_papers,
    text_of,
    typeface,
    words_of,
)

__all__ = ["typeface"]
pytestmark = pytest.mark.usefixtures("typeface")

KINDS = ("invoice", "statement", "estimate", "receipt")
BACK = money.line("base", "small", "基本料金の返還", "2026-08", -11_040)
CORRECTED = {"kind": "correction", "corrects": "mk-7KQ2MAB3DE-202608-1"}


@pytest.fixture(scope="module")
def kinds(typeface) -> dict[str, bytes]:
    return all_papers()


def test_the_same_facts_are_the_same_bytes_here_and_in_another_process(kinds):
    assert all_papers() == kinds
    code = (
        "from tests.words.paper_examples import all_papers; import hashlib\n"
        "for pdf in all_papers().values(): print(hashlib.sha256(pdf).hexdigest())"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == [hashlib.sha256(pdf).hexdigest() for pdf in kinds.values()]


@pytest.mark.parametrize("kind", KINDS)
def test_a_paper_is_built_as_a_tagged_pdf_a_3(kinds, kind):
    """The structure that PDF/A-3a asks for, as far as pypdf sees it.

    veraPDF, the standard's own checker, is in no package index that this project uses, so it has
    not judged these files. The typesetter refuses by itself what it knows the standard forbids.
    """
    pdf = PdfReader(io.BytesIO(kinds[kind]))
    catalog = pdf.trailer["/Root"]
    xmp = catalog["/Metadata"].get_object().get_data().decode()
    assert re.search(r"<pdfaid:part>3</pdfaid:part>", xmp)
    assert re.search(r"<pdfaid:conformance>A</pdfaid:conformance>", xmp)
    assert re.search(r"<pdfuaid:part>1</pdfuaid:part>", xmp)
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/StructTreeRoot"]["/K"]
    assert catalog["/Lang"] == "ja-JP"
    intents = [each.get_object() for each in catalog["/OutputIntents"]]
    assert intents[0]["/S"] == "/GTS_PDFA1"
    assert intents[0]["/DestOutputProfile"].get_object().get_data()
    assert pdf.trailer["/ID"]
    assert not pdf.is_encrypted


@pytest.mark.parametrize("kind", KINDS)
def test_fonts_are_inside_and_only_what_is_needed_of_them(kinds, kind):
    pdf = PdfReader(io.BytesIO(kinds[kind]))
    fonts = [
        font.get_object()
        for page in pdf.pages
        for font in page["/Resources"]["/Font"].get_object().values()
    ]
    assert fonts
    for font in fonts:
        inner = font["/DescendantFonts"][0].get_object()
        assert re.fullmatch(r"/[A-Z]{6}\+NotoSansJP-(Regular|Bold)", inner["/BaseFont"])
        assert inner["/FontDescriptor"].get_object()["/FontFile2"].get_object().get_data()
        assert font["/ToUnicode"].get_object().get_data()


def test_the_invoice_carries_its_xml(kinds):
    pdf = PdfReader(io.BytesIO(kinds["invoice"]))
    assert pdf.attachments == {"invoice.xml": [XML]}
    (file,) = [each.get_object() for each in pdf.trailer["/Root"]["/AF"]]
    assert file["/AFRelationship"] == "/Data"
    assert file["/EF"]["/F"].get_object()["/Subtype"] == "/application/xml"
    assert not PdfReader(io.BytesIO(papers.invoice(INVOICE))).attachments


def test_a_paper_is_dated_by_its_facts(kinds):
    invoice = PdfReader(io.BytesIO(kinds["invoice"])).metadata
    assert invoice.title == "請求書 mk-7KQ2MAB3DE-202609-1"
    assert invoice.author == "MKサービス株式会社"
    assert invoice.creation_date.date() == date(2026, 9, 10)
    assert invoice.modification_date.date() == date(2026, 9, 10)


NAMES = ["髙橋 﨑山", "㈱① 𠮷田", "槗本 \ufa19社", "ガーデン・ヴィラ～東京〜", "Nguyễn Thị Hoa"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_copied_as_it_was_typed(name):
    recipient = INVOICE.recipient._replace(name=name)
    assert name in text_of(papers.invoice(INVOICE._replace(recipient=recipient)))


def test_a_long_run_of_letters_is_broken_where_the_line_ends():
    address = f"https://sakura.example/{'abcdefgh' * 8}"
    calls = (COUNTED._replace(caller=address, why=address),)
    words = words_of(papers.statement(STATEMENT._replace(client=address, calls=calls)))
    assert words.count(address) == 3  # letters that run into another column come out mixed


def test_no_name_stops_a_paper():
    name = "林\U000e0100 か\u3099 \u202eabc\u202c 😀 \ue000 \x00\t株"
    text = text_of(papers.statement(STATEMENT._replace(client=name)))
    assert "林 が abc 〓 〓 " in text


SAID = [
    ({}, ("請求書", "登録番号T1234567890123", "ご請求金額(税込)", "3,404円", "2026年9月30日(水)")),
    ({}, ("2026年10月", "148円", "10%対象(税込)", "うち消費税額(10%)", "309円")),
    ({}, ("みほん銀行本店普通1234567", "エムケーサービス(カ", "前にご契約番号「mk-7KQ2MAB3DE」を")),
    ({"lines": (BASE, DEPOSIT), "kind": "first"}, ("269円", "不課税", "5,920円")),
    ({"credit_yen": 500}, ("合計(税込)", "3,404円", "充当", "−500円", "2,904円")),
    ({"credit_yen": 9_999}, ("お振り込みは不要です",)),
    ({"lines": ()}, ("この期間の明細はありません。", "お振り込みは不要です")),
    (CORRECTED, ("請求書番号mk-7KQ2MAB3DE-202608-1の請求書を訂正するものです",)),
    (CORRECTED | {"lines": (BACK,)}, ("返還請求書", "もとの対象月", "2026年8月", "−1,003円")),
    (
        {"lines": (BACK,), "kind": "refund"},
        ("ご返金のご案内", "ご返金額", "返還の内容", "11,040円"),
    ),
    (
        {"lines": (BASE._replace(yen=16_500), BACK)},
        ("対価の返還の内訳", "もとの対象月", "2026年8月", "−11,040円", "−1,003円"),
    ),
]


@pytest.mark.parametrize(("changes", "said"), SAID)
def test_an_invoice_says_what_the_law_asks_for(changes, said):
    words = words_of(papers.invoice(INVOICE._replace(**changes)))
    assert [each for each in said if each not in words] == []


NOT_SAID = [
    ({"issuer": ISSUER._replace(registration_number=None)}, ("登録番号", "適格", "T1234567890123")),
    ({"due_on": None}, ("お支払い期限",)),
    ({"credit_yen": 9_999}, ("お振込先", "お支払い期限")),
    ({"lines": (BACK,), "kind": "refund"}, ("ご請求金額", "お振込先", "充当")),
    ({"lines": (BASE, BACK._replace(yen=-2_960))}, ("返還の内訳",)),
    ({"lines": (BASE, DEPOSIT._replace(yen=-22_080))}, ("返還の内訳",)),
    ({"lines": (BACK, DEPOSIT._replace(yen=-2_960)), "kind": "refund"}, ("返還の内訳",)),
]


@pytest.mark.parametrize(("changes", "unsaid"), NOT_SAID)
def test_an_invoice_leaves_out_what_does_not_hold(changes, unsaid):
    words = words_of(papers.invoice(INVOICE._replace(**changes)))
    assert [each for each in unsaid if each in words] == []


def test_a_long_invoice_repeats_its_head_and_counts_its_pages():
    lines = tuple(money.line("overage", "", f"加算{row}", "2026-09", row) for row in range(1, 201))
    *sheets, last = text_of(papers.invoice(INVOICE._replace(lines=lines))).split("\f")
    assert last == ""
    assert len(sheets) > 4
    for number, sheet in enumerate(sheets, start=1):
        assert f"{number}/{len(sheets)}" in sheet.replace(" ", "")
        assert "対象月" in sheet or "お振込先" in sheet
    rows = [row for sheet in sheets for row in re.findall(r"加算(\d+)", sheet)]
    assert rows == [str(row) for row in range(1, 201)]


def test_a_statement_shows_every_call_and_why_it_counts_or_not(kinds):
    words = words_of(kinds["statement"])
    for each in ("作業明細", "2026年9月", "23件", "20件", "3件", "𠮷田槗本様"):
        assert each in words
    for each in ("9月15日(火)", "9:05", "さくら不動産髙橋様", "1件", COUNTED.why):
        assert each in words
    for each in ("9月16日(水)", "17:30", "非通知", "対象外", SALES.why):
        assert each in words


def test_a_statement_without_calls_says_so():
    words = words_of(papers.statement(STATEMENT._replace(calls=(), counted=0, over=0)))
    assert "この月にお受けしたお電話はありません。" in words


def test_an_estimate_says_what_is_paid_each_month_and_what_once(kinds):
    words = words_of(kinds["estimate"])
    for each in ("見積書", "mk-E-20260915", "2026年10月15日(木)", "1か月23件", "3,404円", "309円"):
        assert each in words
    for each in ("初回のみのお支払い", "保証金", "2,960円", *ESTIMATE.notes):
        assert each in words
    assert "登録番号" not in words


def test_a_receipt_says_for_what_and_when(kinds):
    words = words_of(kinds["receipt"])
    for each in ("領収書", "6,364円", "9月分ご利用料金として", "2026年9月30日(水)", "309円"):
        assert each in words
    assert RECEIPT.issuer.registration_number in words


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("株式会社さくら", "御中"),
        ("㈱さくら", "御中"),
        ("(有)さくら", "御中"),
        ("山田法律事務所", "御中"),
        ("Sakura Inc.", "御中"),
        ("髙橋 一郎", "様"),
        ("合田 会", "様"),
        ("髙橋 一郎 様", ""),
        ("さくら商会御中", ""),
    ],
)
def test_a_company_is_addressed_otherwise_than_a_person(name, expected):
    assert papers.honorific(name) == expected


def test_the_templates_read_nothing_but_their_facts():
    texts = {path.name: path.read_text("utf-8") for path in papers.FOLDER.glob("*.typ")}
    assert {f"{kind}.typ" for kind in KINDS} < texts.keys()
    for text in texts.values():
        assert set(re.findall(r'#import "([^"]+)"', text)) <= {"shared.typ"}
        assert not re.search(r"@\w+/|\b(read|csv|yaml|xml|toml|cbor|plugin|image)\(", text)
        assert "datetime.today" not in text


def test_every_label_has_its_bold_glyphs():
    from fontTools.ttLib import TTFont

    bold = TTFont(config.paper_fonts() / "bold.ttf").getBestCmap()
    labels = "".join(path.read_text("utf-8") for path in papers.FOLDER.glob("*.typ"))
    assert {each for each in labels if ord(each) not in bold} <= {"\n"}
