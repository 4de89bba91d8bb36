"""Papers are made once of what was closed, whatever is killed on the way, and opened by links."""

import io
import json
from urllib.parse import unquote, urlsplit

import pytest
from pypdf import PdfReader

import app
from chalicelib.channels import files, queue
from chalicelib.config import papers_queue_url
from chalicelib.flows.access import links
from chalicelib.flows.money import papers
from chalicelib.models import Invoice, Statement
from chalicelib.words import papers as words
from dev import days
from dev.cloud import BUCKET
from tests import stores
from tests.desk import Desk, first_match
from tests.flows.money.bills import number, pays, takes_calls
from tests.words.paper_examples import typeface

__all__ = ["typeface"]
pytestmark = pytest.mark.usefixtures("typeface")

CORPORATE = "5835678256246"


class Killed(BaseException):
    """The process is gone, with whatever it had not stored."""


@pytest.fixture
def asked(desk):
    """A client of mk with a corporate number, who has just asked to go on: an invoice is there."""
    stores.once("asked", desk, lambda: _asks(desk))
    return desk


def _asks(desk):
    desk.on("2026-08-03").starts("mk")
    desk.does("", {"corporate_number": CORPORATE}, "PATCH")
    desk.on("2026-08-10").does("continuation")


@pytest.fixture
def closed(desk):
    """A client of smile whose September was closed on the 13th of October."""
    desk.on("2026-09-28").starts("smile")
    takes_calls(desk, 3, "2026-09-29")
    return desk.on("2026-10-14")


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def paper_behind(link: str) -> bytes:
    """The file that a link leads to, as S3 would send it."""
    path = unquote(urlsplit(link).path).removeprefix(f"/{BUCKET}")
    return files.read(path.removeprefix("/"))


def paper(desk: Desk, path: str) -> bytes:
    answer = desk.get(path)
    assert answer.status == 303, answer.text
    return paper_behind(answer.headers["Location"])


def queued() -> list[dict]:
    """The messages that wait for the typesetter; they are taken out."""
    url = papers_queue_url()
    bodies = []
    while messages := queue.client().receive_message(QueueUrl=url).get("Messages"):
        for message in messages:
            bodies.append(json.loads(message["Body"]))
            queue.client().delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return bodies


def makes(*messages: dict) -> list[str]:
    """Hand messages to the function; the places of those that come back."""
    records = [
        {"messageId": str(place), "body": json.dumps(message)}
        for place, message in enumerate(messages)
    ]
    answer = app.papers({"Records": records}, None)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_an_invoice_has_its_paper_after_the_next_sweep(asked):
    days.run_sweep()
    text = text_of(paper(asked, f"/v1/invoices/{number(asked, 0)}.pdf"))
    assert number(asked, 0) in text
    assert "5,920" in text


def test_a_closed_month_has_a_statement_where_the_house_makes_one(closed):
    pdf = paper(closed, f"/v1/contracts/{closed.contract}/statements/2026-09.pdf")
    text = text_of(pdf)
    assert closed.contract in text
    assert text.count("青葉電機") == 3


def test_mk_makes_a_statement_only_when_somebody_asks(desk):
    desk.on("2026-08-03").starts("mk")
    desk.on("2026-08-10").does("continuation")
    desk.passes("payment", yen=5920)
    desk.on("2026-09-11")
    path = f"/v1/contracts/{desk.contract}/statements/2026-08.pdf"
    assert desk.get(path).status == 503
    days.make_papers()
    assert "作業明細" in text_of(paper(desk, path))


def test_the_same_bytes_however_often_it_is_made(asked):
    wish = {"house": "mk", "what": "invoice", "number": number(asked, 0)}
    assert makes(wish) == []
    first = paper(asked, f"/v1/invoices/{number(asked, 0)}.pdf")
    Invoice.find(number(asked, 0)).update([Invoice.paper_at.remove()])
    files.client().delete_object(Bucket=BUCKET, Key=papers.invoice_key("mk", number(asked, 0)))
    assert makes(wish, wish) == []
    assert paper(asked, f"/v1/invoices/{number(asked, 0)}.pdf") == first


def test_the_first_paper_that_was_kept_stays(asked):
    key = papers.invoice_key("mk", number(asked, 0))
    files.keep(key, b"%PDF the first", papers.PDF)
    days.run_sweep()
    assert paper(asked, f"/v1/invoices/{number(asked, 0)}.pdf") == b"%PDF the first"


def test_the_xml_in_the_paper_is_the_one_of_the_door(asked):
    days.run_sweep()
    answer = asked.get(f"/v1/invoices/{number(asked, 0)}.xml")
    assert answer.headers["Content-Type"] == "application/xml"
    assert CORPORATE in answer.text
    pdf = PdfReader(io.BytesIO(paper(asked, f"/v1/invoices/{number(asked, 0)}.pdf")))
    [attached] = [content for contents in pdf.attachments.values() for content in contents]
    assert attached == answer.body


def test_without_a_corporate_number_there_is_a_paper_and_no_xml(desk):
    desk.on("2026-08-03").starts("mk")
    desk.on("2026-08-10").does("continuation")
    assert desk.get(f"/v1/invoices/{number(desk, 0)}.xml").status == 503
    days.make_papers()
    refused = desk.get(f"/v1/invoices/{number(desk, 0)}.xml")
    assert refused.status == 409
    assert "法人番号" in refused.detail
    pdf = PdfReader(io.BytesIO(paper(desk, f"/v1/invoices/{number(desk, 0)}.pdf")))
    assert not pdf.attachments


def test_a_house_that_issues_no_e_invoices_says_so(closed):
    refused = closed.get(f"/v1/invoices/{number(closed, 0)}.xml")
    assert refused.status == 409
    assert "PDF" in refused.detail


# What is killed


def test_an_invoice_whose_sender_was_killed_is_asked_for_by_the_next_sweep(asked):
    assert queued() == []
    app.sweep({}, None)
    assert queued() == [{"house": "mk", "what": "invoice", "number": number(asked, 0)}]


def test_a_paper_is_asked_for_once_an_hour_until_it_is_kept(asked):
    app.sweep({}, None)
    assert len(queued()) == 1
    asked.later(minutes=59)
    app.sweep({}, None)
    assert queued() == []
    asked.later(minutes=1)
    app.sweep({}, None)
    [again] = queued()
    assert makes(again) == []
    asked.later(hours=5)
    app.sweep({}, None)
    assert queued() == []


def test_a_sweep_killed_before_the_message_has_left_is_made_good(asked, monkeypatch):
    def kill(messages):
        raise Killed

    with monkeypatch.context() as patch:  # the one point between the claim and its message
        patch.setattr(queue, "ask_for_papers", kill)
        with pytest.raises(Killed):
            app.sweep({}, None)
    asked.later(hours=1)
    days.run_sweep()
    assert Invoice.find(number(asked, 0)).paper_at


@pytest.mark.parametrize("place", ["xml", "pdf", "note"])
def test_a_typesetter_killed_anywhere_is_made_good(asked, monkeypatch, place):
    """Killed after the XML was kept, after the PDF was, and before the note."""
    wish = {"house": "mk", "what": "invoice", "number": number(asked, 0)}
    keep = files.keep

    def kept_and_killed(key, content, kind):
        keep(key, content, kind)
        if key.endswith(place):
            raise Killed

    def kill(*_):
        raise Killed

    with monkeypatch.context() as patch:  # no stand-in can end a process at these points
        if place == "note":
            patch.setattr(Invoice, "note_paper", kill)
        else:
            patch.setattr(files, "keep", kept_and_killed)
        with pytest.raises(Killed):
            makes(wish)
    assert makes(wish) == []
    pdf = paper(asked, f"/v1/invoices/{number(asked, 0)}.pdf")
    facts = Invoice.find(number(asked, 0)).as_facts()
    assert pdf == words.invoice(facts, asked.get(f"/v1/invoices/{number(asked, 0)}.xml").body)


def test_a_bucket_that_does_not_answer_brings_the_message_back_alone(asked, monkeypatch, capfd):
    wish = {"house": "mk", "what": "invoice", "number": number(asked, 0)}
    monkeypatch.setenv("FILES_BUCKET", "nowhere")
    gone = {"house": "mk", "what": "invoice", "number": "mk-GONE"}
    assert makes(gone, wish) == ["1"]
    monkeypatch.undo()
    assert '"alarm": "paper cannot be made"' in capfd.readouterr().err
    assert makes(wish) == []


def test_a_message_that_cannot_be_read_comes_back(desk):
    records = [{"messageId": "1", "body": "{"}]
    answer = app.papers({"Records": records}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}


# Who may open what


def test_a_paper_that_is_not_made_yet_is_asked_for(asked):
    answer = asked.get(f"/v1/invoices/{number(asked, 0)}.pdf")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
    assert "作成しています" in answer.detail
    days.make_papers()
    assert asked.get(f"/v1/invoices/{number(asked, 0)}.pdf").status == 303


@pytest.mark.parametrize("suffix", [".pdf", ".xml", "/receipt.pdf"])
def test_another_house_opens_nothing(asked, suffix):
    days.run_sweep()
    path = f"/v1/invoices/{number(asked, 0)}{suffix}"
    assert asked.get(path, house="smile").status == 404
    assert makes({"house": "smile", "what": "invoice", "number": number(asked, 0)}) == []
    assert files.read(papers.invoice_key("smile", number(asked, 0))) is None


def test_a_statement_of_another_house_or_month_is_not_found(closed):
    path = f"/v1/contracts/{closed.contract}/statements"
    assert closed.get(f"{path}/2026-09.pdf", house="mk").status == 404
    assert closed.get(f"{path}/2027-01.pdf").status == 404


def test_a_receipt_is_made_for_a_paid_invoice_and_for_each_payment_of_it(asked):
    path = f"/v1/invoices/{number(asked, 0)}/receipt.pdf"
    refused = asked.get(path)
    assert refused.status == 409
    assert "消し込み" in refused.detail
    payment = pays(asked, 5920, "2026-08-10", number(asked, 0))
    assert asked.get(path).status == 503
    days.make_papers()
    text = text_of(paper(asked, path))
    assert "2026年8月10日" in text
    assert "5,920" in text
    asked.later(days=1)
    assert asked.call("DELETE", f"/v1/payments/{payment['id']}/match").status == 200
    assert asked.get(path).status == 409
    pays(asked, 5920, "2026-08-11", number(asked, 0))
    assert asked.get(path).status == 503
    days.make_papers()
    assert "2026年8月11日" in text_of(paper(asked, path))


# The link in the mail


def link_of(desk: Desk) -> str:
    text = desk.letter("ご請求書")
    return first_match(r"https://denwaban\.example(/paper/[\w.-]+)", text)


def test_the_mail_of_an_invoice_leads_to_its_paper(asked):
    days.run_sweep()
    link = link_of(asked)
    page = asked.open(link)
    assert number(asked, 0) in page.text
    assert "5,920円" in page.text
    place = first_match(r"form-action 'self' (\S+);", page.headers["Content-Security-Policy"])
    for _ in range(2):
        answer = asked.send(link, {})
        assert answer.status == 303
        assert answer.headers["Location"].startswith(place + "/")
        assert paper_behind(answer.headers["Location"]).startswith(b"%PDF")


def test_the_page_asks_for_patience_while_the_paper_is_being_made(asked):
    answer = asked.send(link_of(asked), {})
    assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
    days.make_papers()
    assert asked.send(link_of(asked), {}).status == 303


def test_the_link_ends_after_sixty_days(asked):
    asked.later(days=60)
    assert asked.open(link_of(asked)).status == 200
    asked.later(seconds=1)
    assert asked.open(link_of(asked)).status == 404
    assert asked.send(link_of(asked), {}).status == 404


def test_a_strangers_token_opens_nothing(asked):
    confirm = links.token(f"{asked.contract}#confirm#1")
    for token in ("x", "%00", confirm, links.token("mk-X")):
        assert asked.open(f"/paper/{token}").status == 404
        assert asked.send(f"/paper/{token}", {}).status == 404
    assert asked.open(link_of(asked).replace("/paper/", "/confirm/")).status == 404


# The estimate

WISH = {"client": "株式会社みなと", "plan": "light", "use": "listed", "calls": 40}
WISH |= {"options": ["guidance"]}


def test_an_estimate_has_lines_and_a_paper(desk):
    desk.on("2026-09-15")
    made = desk.post("/v1/estimates", WISH)
    assert made.status == 201
    estimate = made.json
    assert [(line["kind"], line["yen"]) for line in estimate["lines"]] == [
        ("base", 5500),
        ("listed", 1100),
        ("option", 1100),
        ("overage", 1650),
    ]
    assert (estimate["monthly_yen"], estimate["once"]) == (9350, [])
    assert estimate["valid_until"] == "2026-10-15"
    assert desk.get(estimate["link"]).status == 503
    days.make_papers()
    text = text_of(paper(desk, estimate["link"]))
    assert estimate["number"] in text
    assert "9,350" in text
    assert desk.get(f"/v1/estimates/{estimate['number']}").json == estimate


def test_the_same_estimate_of_a_day_has_the_same_number(desk):
    first = desk.post("/v1/estimates", WISH).json
    assert desk.post("/v1/estimates", WISH).json == first
    other = desk.post("/v1/estimates", WISH | {"calls": 41}).json
    assert other["number"] != first["number"]


def test_an_estimate_with_a_deposit_names_it_apart(desk):
    wish = WISH | {"plan": "small", "options": None, "use": "forwarding", "calls": 5}
    wish = {name: value for name, value in wish.items() if value is not None}
    estimate = desk.post("/v1/estimates", wish, house="mk").json
    assert [(line["kind"], line["yen"]) for line in estimate["once"]] == [("deposit", 2960)]
    assert (estimate["monthly_yen"], estimate["once_yen"]) == (2960, 2960)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"plan": "small"}, "plan"),
        ({"options": ["guidance", "tea"]}, "options.1"),
        ({"use": "both"}, "use"),
        ({"calls": 10_001}, "calls"),
        ({"client": ""}, "client"),
    ],
)
def test_what_the_house_does_not_offer_is_not_estimated(desk, change, field):
    refused = desk.post("/v1/estimates", WISH | change)
    assert refused.status == 422
    assert refused.faults == [field]


@pytest.mark.parametrize("number", ["x", "smile-E-20260901-00000000", "..%2F..%2Fx", "%00"])
def test_an_estimate_that_is_none_or_another_houses_is_not_found(desk, number):
    made = desk.post("/v1/estimates", WISH).json["number"]
    for path in (number, made):
        house = "mk" if path == made else "smile"
        assert desk.get(f"/v1/estimates/{path}", house=house).status == 404
        assert desk.get(f"/v1/estimates/{path}.pdf", house=house).status == 404


def test_a_statement_knows_that_its_paper_is_kept(closed):
    statement = Statement.of(closed.contract, "2026-09")
    assert statement.paper_at
    assert statement.paper_of is None
