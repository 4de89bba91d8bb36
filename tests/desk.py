"""A desk to tell a contract's life at: dated, through the public doors only.

`desk.on("2026-09-01")` lives through every night in between, as the cloud
would: nightly, its queue, and the morning's sweep.
"""

import html
import json
import re
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from chalice.test import Client

import app
from chalicelib import clock
from chalicelib.flows.access import keys
from chalicelib.rules import calendar
from dev import cloud, days

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
GATES = {
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

    def __init__(self, response):
        self.status, self.headers, self.body = response.status_code, response.headers, response.body
        self.text = response.body.decode()

    @property
    def json(self):
        return json.loads(self.text)


class Desk:
    def __init__(self, day: str = "2026-09-01"):
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
        """Live through every night until that day, then it is that time of it."""
        target = date.fromisoformat(day)
        while self.today < target:
            night = self.today + timedelta(days=1)
            self.moment = calendar.at(night, days.NIGHT)
            days.run_night(self.moment)
            self.moment = calendar.at(night, days.MORNING)
            days.run_sweep()
        return self.at(day, clock_time)

    def at(self, day: str, clock_time: str = "10:00") -> "Desk":
        """Let it be that moment, without any night in between."""
        self.moment = calendar.at(date.fromisoformat(day), time.fromisoformat(clock_time))
        return self

    def later(self, **span) -> "Desk":
        self.moment += timedelta(**span)
        return self

    # the API

    def key(self, role: str, house: str | None = None) -> str:
        who = (house or self.house, role)
        if who not in self.keys:
            self.keys[who] = keys.make(who[0], f"{role}1", role, self.moment)[1]
        return self.keys[who]

    def call(
        self,
        method: str,
        path: str,
        body=None,
        role: str | None = "office",
        house: str | None = None,
        **headers,
    ) -> Answer:
        given = {"content-type": "application/json"} | headers
        if role:
            given["authorization"] = f"Bearer {self.key(role, house)}"
        raw = (
            body
            if isinstance(body, bytes)
            else b""
            if body is None
            else json.dumps(body, ensure_ascii=False).encode()
        )
        return Answer(self.client.http.request(method, path, headers=given, body=raw))

    def get(self, path: str, **how) -> Answer:
        return self.call("GET", path, **how)

    def post(self, path: str, body=None, **how) -> Answer:
        return self.call("POST", path, body if body is not None else {}, **how)

    # pages

    def open(self, path: str) -> Answer:
        return Answer(self.client.http.get(path))

    def send(self, path: str, form: dict, **headers) -> Answer:
        given = {
            "content-type": "application/x-www-form-urlencoded",
            "sec-fetch-site": "same-origin",
        } | headers
        return Answer(self.client.http.post(path, headers=given, body=urlencode(form).encode()))

    # the story

    def signs_up(self, house: str = "smile", **form) -> str:
        """Fill in the form, look at the final screen, apply; the contract's id."""
        self.house = house
        plan = "small" if house == "mk" else "light"
        path = f"/{house}/signup"
        given = hidden(self.open(path).text) | FORM | {"plan": plan} | form
        final = self.send(path, given | {"step": "check"})
        assert final.status == 200, final.text
        done = self.send(path, hidden(final.text) | {"step": "apply"})
        assert done.status == 200, done.text
        self.contract = re.search(r"受付番号: <strong>([\w-]+)</strong>", done.text)[1]
        return self.contract

    def presses(self, subject: str, to: str | None = None) -> Answer:
        """Open the link of the last mail of that subject and press its button."""
        path = link(self.mail(subject, to))
        assert self.open(path).status == 200
        return self.send(path, {})

    def passes(self, *gates: str, **facts) -> Answer:
        for gate in gates:
            if gate == "number":
                self.has_line(facts.get("number", LINE))
            owed = {"yen": 5920 if self.house == "mk" else 5500} if gate == "payment" else {}
            body = {"ground": "確認済み"} | GATES[gate] | owed | facts
            dated = {
                name: self.today.isoformat() if value is None else value
                for name, value in body.items()
            }
            answer = self.post(f"/v1/contracts/{self.contract}/gates/{gate}", dated)
            assert answer.status == 200, answer.text
        return answer

    def has_line(self, number: str = LINE) -> None:
        """The house has this number to lend, already or from now on."""
        assert self.post("/v1/lines", {"number": number}).status in (201, 409)

    def starts(self, house: str = "smile", **form) -> str:
        """The whole way to a running service, today."""
        contract = self.signs_up(house, **form)
        self.presses("お申し込みを受け付けました")
        self.presses("テストメール", to=(FORM | form)["person1_mail1"])
        if house == "mk":
            self.passes("eligibility")
        self.passes("identity")
        if house == "smile":
            self.passes("payment")
        self.passes("number")
        return contract

    def memo(self, key: str = "memo-0001", **said) -> Answer:
        return self.post(
            "/v1/memos", self.said(**said), role="operator", **{"idempotency-key": key}
        )

    def said(self, **said) -> dict:
        caller = {"company": "青葉電機", "name": "佐藤", "phone": "090-1234-5678"}
        told = {
            "line": LINE,
            "received_at": jst(self.moment),
            "caller": caller,
            "business": "お見積りの件",
            "class": "business",
        }
        return {name: value for name, value in (told | said).items() if value is not None}

    def look(self) -> dict:
        answer = self.get(f"/v1/contracts/{self.contract}")
        assert answer.status == 200, answer.text
        return answer.json

    @property
    def status(self) -> str:
        return self.look()["status"]

    def office(self, part: str, body=None, method: str = "POST") -> Answer:
        """The office acts on the contract: `/v1/contracts/{contract}/{part}`."""
        return self.call(
            method,
            f"/v1/contracts/{self.contract}/{part}".rstrip("/"),
            None if method == "DELETE" else body or {},
        )

    def does(self, part: str, body=None, method: str = "POST") -> dict:
        """As `office`, for what must succeed; the contract as it stands then."""
        answer = self.office(part, body, method)
        assert answer.status == 200, answer.text
        return answer.json

    def events(self) -> list[tuple[str, str]]:
        """(date, what) of the contract's history."""
        return [(note["on"], note["event"]) for note in self.look()["history"]]

    def counted(self, month: str) -> int:
        return self.get(f"/v1/contracts/{self.contract}/usage/{month}", role="operator").json[
            "counted"
        ]

    # the mails

    def mails(self) -> list:
        return cloud.mails()

    def subjects(self) -> list[str]:
        return [re.sub(r"^【[^】]*】", "", mail["subject"]) for mail in self.mails()]

    def mail(self, subject: str, to: str | None = None):
        found = [
            mail
            for mail in self.mails()
            if subject in mail["subject"] and (to is None or to in mail["to"])
        ]
        assert found, f"no mail of {subject!r} among {self.subjects()}"
        return found[-1]


def jst(moment: datetime) -> str:
    return moment.astimezone(calendar.JST).isoformat()


def text_of(mail) -> str:
    return mail.get_body(("plain",)).get_content()


def link(mail) -> str:
    """The path of the confirmation link in a mail."""
    return re.search(r"https://denwaban\.example(/confirm/[\w.-]+)", text_of(mail))[1]


def hidden(page: str) -> dict[str, str]:
    """What a browser would send of a page's hidden fields."""
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    areas = dict(
        re.findall(r"<textarea name=\"([^\"]+)\" hidden[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    )
    return {name: html.unescape(value) for name, value in (fields | areas).items()}
