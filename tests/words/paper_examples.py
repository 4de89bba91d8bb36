"""Facts of papers, which each test may change, and the text of a paper."""

import shutil
import subprocess
from datetime import date, time

import pytest

from chalicelib import config
from chalicelib.rules.money import invoice as money
from chalicelib.rules.money.invoice import Account, Invoice, Issuer, Recipient, Sum
from chalicelib.words import papers
from tests import stores
from tests.docs.references import ROOT

ISSUER = Issuer(
    "MKサービス株式会社", "T1234567890123", "東京都千代田区", "03-6700-2020", "office@mk.example"
)
BASE = money.line("base", "small", "スモールプラン 基本料金", "2026-10", 2_960)
OVERAGE = money.line("overage", "small", "超過分のご利用", "2026-09", 148, quantity=3)
DEPOSIT = money.line("deposit", "", "保証金", None, 2_960, rate=money.UNTAXED)
INVOICE = Invoice(
    number="mk-7KQ2MAB3DE-202609-1",
    kind="monthly",
    house="mk",
    contract="mk-7KQ2MAB3DE",
    month="2026-09",
    part=1,
    corrects=None,
    issued_on=date(2026, 9, 10),
    due_on=date(2026, 9, 30),
    issuer=ISSUER,
    account=Account("みほん銀行 本店 普通 1234567", "エムケーサービス(カ"),
    recipient=Recipient("株式会社さくら不動産", "東京都千代田区丸の内", "mk-7KQ2MAB3DE"),
    lines=(BASE, OVERAGE),
    rounding="down",
    credit_yen=0,
)
COUNTED = papers.Call(
    date(2026, 9, 15), time(9, 5), "さくら不動産 髙橋様", "業務", True, "業務のお電話"
)
SALES = papers.Call(date(2026, 9, 16), time(17, 30), "非通知", "営業", False, "営業電話")
STATEMENT = papers.Statement(
    contract="mk-7KQ2MAB3DE",
    client="𠮷田 槗本",
    month="2026-09",
    issued_on=date(2026, 10, 10),
    issuer=ISSUER,
    plan="スモールプラン",
    included=20,
    counted=23,
    over=3,
    calls=(COUNTED, SALES),
)
ESTIMATE = papers.Estimate(
    number="mk-E-20260915",
    client="株式会社さくら不動産",
    issued_on=date(2026, 9, 15),
    valid_until=date(2026, 10, 15),
    issuer=ISSUER,
    plan="スモールプラン",
    included=20,
    over_yen=148,
    expected_calls=23,
    lines=(BASE._replace(month=None), OVERAGE._replace(month=None)),
    once=(DEPOSIT,),
    rounding="down",
    notes=("振込手数料はお客様のご負担となります。",),
)
RECEIPT = papers.Receipt(
    number="mk-R-202609-1",
    client="𠮷田 槗本",
    issued_on=date(2026, 10, 1),
    paid_on=date(2026, 9, 30),
    issuer=ISSUER,
    yen=6_364,
    purpose="電話代行サービス 9月分ご利用料金",
    sums=(Sum(10, 3_404, 309), Sum(0, 2_960, 0)),
)
XML = "<Invoice>髙橋</Invoice>".encode()


def all_papers() -> dict[str, bytes]:
    """One paper of each kind."""
    return {
        "invoice": papers.invoice(INVOICE, XML),
        "statement": papers.statement(STATEMENT),
        "estimate": papers.estimate(ESTIMATE),
        "receipt": papers.receipt(RECEIPT),
    }


@pytest.fixture(scope="session")
def typeface():
    """The papers' typeface; its absence fails on CI and skips elsewhere."""
    if not (config.paper_fonts() / "characters.txt").exists():
        stores.fails_on_ci("The papers' font is not here: run `make fonts` (needs npm).")


def text_of(pdf: bytes) -> str:
    """A paper as it is copied out of a PDF viewer; a form feed ends each page."""
    if not shutil.which("pdftotext"):
        stores.fails_on_ci("pdftotext is not here: install the package poppler-utils.")
    run = subprocess.run(
        ["pdftotext", "-enc", "UTF-8", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return run.stdout.decode()


def words_of(pdf: bytes) -> str:
    """A paper's text without spaces and line breaks."""
    return "".join(text_of(pdf).split())


def main() -> None:
    """Write one paper of each kind, to be looked at."""
    folder = ROOT / "artefacts" / "papers"
    folder.mkdir(parents=True, exist_ok=True)
    for kind, pdf in all_papers().items():
        (folder / f"{kind}.pdf").write_bytes(pdf)
        print((folder / f"{kind}.pdf").relative_to(ROOT))


if __name__ == "__main__":
    main()
