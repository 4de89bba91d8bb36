"""A desk to tell a contract's life at: dated, and through the public doors only.

`desk.on("2026-09-01")` lives through the nights in between, as the cloud
would: nightly, its queue, and the morning's sweep. A verb sends requests
(`signs_up`, `passes`, `corrects`); a noun only looks (`status`, `screen`).
"""

import html
import json
import re
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlencode

from chalice.test import Client

import app
from chalicelib import clock
from chalicelib.flows.access import keys
from chalicelib.rules import calendar, houses
from dev import cloud, days
from tests import stores, waiting

FORM = {
    "plan": "small",
    "party": "company",
    "company": "株式会社さくら商事",
    "contact_name": "髙橋 美咲",
    "contact_reading": "たかはし みさき",
    "mail": "misaki@sakura.example",
    "phone": "03-6800-1234",
    "greeting": "さくら商事",
    "use": "forwarding",
    "trial": "yes",
    "person1_name": "髙橋 美咲",
    "person1_reading": "たかはし みさき",
    "person1_mail1": "pc@sakura.example",
    "agreed": "on",
}
LINE = "03-6700-1234"
HOUSES = houses.FOLDER
GATES: dict[str, dict[str, Any]] = {
    "eligibility": {"eligible": True},
    "greeting": {"greeting": "さくら商事"},
    "identity": {
        "method": "ic_chip",
        "document": "履歴事項全部証明書",
        "person_document": "運転免許証",
        "checked_on": None,
    },
    "payment": {"paid_on": None},
    "number": {"number": LINE, "use": "forwarding"},
}


class Answer:
    """An HTTP answer: `status`, `headers`, `text`, and `json` where it is JSON."""

    def __init__(self, response: Any) -> None:
        self.status: int = response.status_code
        self.headers: dict[str, str] = response.headers
        self.body: bytes = response.body
        self.text = self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def detail(self) -> str:
        """Why a request was refused, in the office's words."""
        return self.json["detail"]

    @property
    def reported_to(self) -> list[str]:
        """The addresses to which a memo's report goes."""
        return [recipient["address"] for recipient in self.json["reported_to"]]

    @property
    def faults(self) -> list[str]:
        """The fields that a refusal names, in its order."""
        return [fault["field"] for fault in self.json["errors"]]


class Desk:
    def __init__(self, day: str = "2026-09-01") -> None:
        self.client = Client(app.app)
        self.keys: dict[tuple[str, str], str] = {}
        self.moment = calendar.at(date.fromisoformat(day), time(10))
        clock.use(lambda: self.moment)
        self.house = "smile"
        self.contract = ""

    @property
    def today(self) -> date:
        return calendar.day_of(self.moment)

    def on(self, day: str, clock_time: str = "10:00") -> "Desk":
        """Live through the nights until that day, then it is that time of it.

        Nights that have nothing to do are left out. The first one is not: it may find new rules.
        """
        target = date.fromisoformat(day)
        while self.today < target:
            night = self.today + timedelta(days=1)
            self.moment = calendar.at(night, days.NIGHT)
            days.run_night(self.moment)
            self.moment = calendar.at(night, days.MORNING)
            days.run_sweep()
            if night + timedelta(days=1) < target:
                eve = min(target, waiting.next_day()) - timedelta(days=1)
                self.at(max(night, eve).isoformat())
        return self.at(day, clock_time)

    def at(self, day: str, clock_time: str = "10:00") -> "Desk":
        """Let it be that moment, without any night in between."""
        self.moment = calendar.at(date.fromisoformat(day), time.fromisoformat(clock_time))
        return self

    def later(self, **span: float) -> "Desk":
        """Let that much time pass: `later(minutes=5)`."""
        self.moment += timedelta(**span)
        return self

    # the API

    def key(self, role: str, house: str | None = None) -> str:
        """A key of that role in the house, made when it is first asked for."""
        house = house or self.house
        if (house, role) not in self.keys:
            self.keys[house, role] = keys.make(house, f"{role}1", role, self.moment)[1]
        return self.keys[house, role]

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        role: str | None = "office",
        house: str | None = None,
        **headers: str,
    ) -> Answer:
        """Send a request with a key of that role; `body` as JSON, or as the bytes that it is."""
        headers = {"content-type": "application/json"} | headers
        if role:
            headers["authorization"] = f"Bearer {self.key(role, house)}"
        return Answer(self.client.http.request(method, path, headers=headers, body=raw(body)))

    def get(self, path: str, **how: Any) -> Answer:
        return self.call("GET", path, **how)

    def post(self, path: str, body: Any = None, **how: Any) -> Answer:
        return self.call("POST", path, {} if body is None else body, **how)

    # pages

    def open(self, path: str) -> Answer:
        return Answer(self.client.http.get(path))

    def send(self, path: str, form: dict[str, str], **headers: str) -> Answer:
        """Send a form as a browser does from one of our own pages."""
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "sec-fetch-site": "same-origin",
        } | headers
        return Answer(self.client.http.post(path, headers=headers, body=urlencode(form).encode()))

    # the story

    def signs_up(self, house: str = "smile", **form: str) -> str:
        """Fill in the form, look at the final screen, apply; the contract's id."""
        self.house = house
        plan = "small" if house == "mk" else "light"
        final = self.fills_in(house, **{"plan": plan} | form)
        assert final.status == 200, final.text
        thanks = self.applies(house, final)
        assert thanks.status == 200, thanks.text
        self.contract = first_match(r"受付番号: <strong>([\w-]+)</strong>", thanks.text)
        return self.contract

    def fills_in(self, house: str, **form: str) -> Answer:
        """Open the form, fill it in and send it: the final screen, or what is wrong."""
        path = f"/{house}/signup"
        return self.send(path, hidden(self.open(path).text) | FORM | form | {"step": "check"})

    def applies(self, house: str, final: Answer) -> Answer:
        """Press the button of the final screen."""
        return self.send(f"/{house}/signup", hidden(final.text) | {"step": "apply"})

    def presses(self, subject: str, to: str | None = None) -> Answer:
        """Open the link of the last mail of that subject and press its button."""
        path = link(self.mail(subject, to))
        assert self.open(path).status == 200
        return self.send(path, {})

    def passes(self, *gates: str, **facts: Any) -> Answer:
        """The office lets each gate be passed, today; the last answer."""
        for gate in gates:
            if gate == "number":
                self.has_line(facts.get("number", LINE))
            answer = self.office(f"gates/{gate}", self._gate(gate) | facts)
            assert answer.status == 200, answer.text
        return answer

    def _gate(self, gate: str) -> dict[str, Any]:
        """What the office usually says of a gate."""
        facts = {"ground": "確認済み"} | GATES[gate]
        if gate == "payment":
            facts["yen"] = 5920 if self.house == "mk" else 5500
        today = self.today.isoformat()
        return {name: today if fact is None else fact for name, fact in facts.items()}

    def has_line(self, number: str = LINE) -> None:
        """The house has this number to lend, already or from now on."""
        assert self.post("/v1/lines", {"number": number}).status in (201, 409)

    def starts(self, house: str = "smile", **form: str) -> str:
        """The whole way to a running service, today; on a new desk lived once, then put back."""
        if self._is_new():
            name = f"{house} from {self.moment} with {sorted(form.items())}"
            stores.once(name, self, lambda: self._starts(house, form))
        else:
            self._starts(house, form)
        return self.contract

    def _is_new(self) -> bool:
        """Whether nothing was done at it yet, in houses as they are."""
        untouched = set(vars(self)) == {"client", "keys", "moment", "house", "contract"}
        return untouched and not self.keys and not self.contract and houses.FOLDER == HOUSES

    def _starts(self, house: str, form: dict[str, str]) -> None:
        self.signs_up(house, **form)
        self.presses("お申し込みを受け付けました")
        self.presses("テストメール", to=(FORM | form)["person1_mail1"])
        if house == "mk":
            self.passes("eligibility")
        self.passes("identity")
        if house == "smile":
            self.passes("payment")
        self.passes("number")

    # calls

    def memo(self, key: str = "memo-0001", **facts: Any) -> Answer:
        """An operator writes down a call."""
        return self.post("/v1/memos", self.said(**facts), **by_operator(key))

    def said(self, **facts: Any) -> dict[str, Any]:
        """What an operator says of a usual call, with other facts; None leaves one out."""
        usual = {
            "line": LINE,
            "received_at": jst(self.moment),
            "caller": {"company": "青葉電機", "name": "佐藤", "phone": "090-1234-5678"},
            "business": "お見積りの件",
            "class": "business",
        }
        return {name: fact for name, fact in (usual | facts).items() if fact is not None}

    def corrects(self, memo: str, key: str = "correction-1", **facts: Any) -> Answer:
        """An operator puts a memo right: a usual call again, with these facts."""
        body = self.said(**facts)
        for name in {"line", "received_at"} - facts.keys():
            del body[name]
        return self.post(f"/v1/memos/{memo}/corrections", body, **by_operator(key))

    def resends(self, memo: str, key: str = "again-1") -> Answer:
        """An operator sends a report again."""
        return self.post(f"/v1/memos/{memo}/resend", {}, **by_operator(key))

    def decides(self, memo: str, call_class: str, reason: str, **facts: Any) -> Answer:
        """The office decides on the class of a call."""
        body = {"class": call_class, "reason": reason} | facts
        return self.post(f"/v1/memos/{memo}/class", body)

    def memo_screen(self, memo: str) -> dict[str, Any]:
        """A memo as an operator sees it."""
        return self._read(f"/v1/memos/{memo}", role="operator")

    def screen(self, line: str = LINE) -> dict[str, Any]:
        """What an operator sees when a line rings."""
        return self._read(f"/v1/lines/{line}", role="operator")

    def usage(self, month: str) -> dict[str, Any]:
        return self._read(f"/v1/contracts/{self.contract}/usage/{month}", role="operator")

    def counted(self, month: str) -> int:
        return self.usage(month)["counted"]

    # the contract

    def look(self) -> dict[str, Any]:
        """The contract as the office sees it."""
        return self._read(f"/v1/contracts/{self.contract}")

    def _read(self, path: str, **how: Any) -> dict[str, Any]:
        answer = self.get(path, **how)
        assert answer.status == 200, answer.text
        return answer.json

    @property
    def status(self) -> str:
        return self.look()["status"]

    @property
    def ahead(self) -> list[str]:
        """What the contract's next dates bring, in order."""
        return [date["what"] for date in self.look()["next"]]

    def office(self, part: str, body: Any = None, method: str = "POST") -> Answer:
        """The office acts on the contract: `/v1/contracts/{contract}/{part}`."""
        path = f"/v1/contracts/{self.contract}/{part}".rstrip("/")
        body = {} if body is None and method != "DELETE" else body
        return self.call(method, path, body)

    def does(self, part: str, body: Any = None, method: str = "POST") -> dict[str, Any]:
        """As `office`, for what must succeed; the contract as it stands then."""
        answer = self.office(part, body, method)
        assert answer.status == 200, answer.text
        return answer.json

    def events(self) -> list[tuple[str, str]]:
        """(date, what) of the contract's history."""
        return [(note["on"], note["event"]) for note in self.look()["history"]]

    # the mails

    def mails(self) -> list[EmailMessage]:
        return cloud.mails()

    def subjects(self, words: str = "") -> list[str]:
        """The subjects that hold these words, without the house's name in front."""
        subjects = [re.sub(r"^【[^】]*】", "", mail["subject"]) for mail in self.mails()]
        return [subject for subject in subjects if words in subject]

    def mail(self, subject: str, to: str | None = None) -> EmailMessage:
        """The last mail whose subject holds these words."""
        for mail in reversed(self.mails()):
            if subject in mail["subject"] and (to is None or to in mail["to"]):
                return mail
        raise AssertionError(f"no mail of {subject!r} among {self.subjects()}")

    def last_text(self) -> str:
        """The text of the last mail."""
        return text_of(self.mails()[-1])

    def letter(self, subject: str, to: str | None = None) -> str:
        """The text of the last mail whose subject holds these words."""
        return text_of(self.mail(subject, to))


def raw(body: Any) -> bytes:
    """A request's body: bytes as they are, nothing for None, all else as JSON."""
    if isinstance(body, bytes):
        return body
    return b"" if body is None else json.dumps(body, ensure_ascii=False).encode()


def by_operator(key: str) -> dict[str, str]:
    """How an operator sends what may be sent twice."""
    return {"role": "operator", "idempotency-key": key}


def first_match(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, f"no {pattern} in {text}"
    return match[1]


def jst(moment: datetime) -> str:
    return moment.astimezone(calendar.JST).isoformat()


def text_of(mail: EmailMessage) -> str:
    """A mail as text."""
    return mail.get_body(("plain",)).get_content()


def html_of(mail: EmailMessage) -> str:
    return mail.get_body(("html",)).get_content()


def link(mail: EmailMessage) -> str:
    """The path of the confirmation link in a mail."""
    return link_in(text_of(mail))


def link_in(text: str) -> str:
    return first_match(r"https://denwaban\.example(/confirm/[\w.-]+)", text)


def hidden(page: str) -> dict[str, str]:
    """What a browser would send of a page's hidden fields."""
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    areas = dict(
        re.findall(r"<textarea name=\"([^\"]+)\" hidden[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    )
    return {name: html.unescape(value) for name, value in (fields | areas).items()}
