"""Estimates: what a plan would cost, as facts that are kept and a paper made of them (money.md).

The number follows from the facts: asked twice on a day, it is the same estimate.
"""

import json
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from chalicelib.channels import files, queue
from chalicelib.errors import NotFound
from chalicelib.flows.contract import invoices
from chalicelib.flows.money import paper_links, papers
from chalicelib.rules.houses import House
from chalicelib.rules.money import estimate as rules
from chalicelib.rules.money import invoice

Facts = dict[str, Any]


def make(house: House, wish: Facts, today: date) -> Facts:
    """Keep the facts of an estimate of the JST date `today`, and ask for its paper.

    `wish` has `client`, `plan`, `options`, `use` and `calls`.
    """
    facts = _facts(house, wish, today)
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    facts["number"] = rules.number(house.key, today, sha256(text.encode()).hexdigest())
    kept = json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()
    files.keep(papers.estimate_key(house.key, facts["number"], "json"), kept, papers.JSON)
    queue.ask_for_papers([papers.wish(house.key, "estimate", number=facts["number"])])
    return _view(facts)


def _facts(house: House, wish: Facts, today: date) -> Facts:
    """The facts of the paper as plain JSON; its number follows from them."""
    costs = rules.costs(
        house, wish["plan"], wish["options"] or (), wish["use"], wish["calls"], today
    )
    price = house.price(wish["plan"], today.replace(day=1))
    return {
        "client": wish["client"],
        "issued_on": today.isoformat(),
        "valid_until": (today + timedelta(days=rules.VALID_DAYS)).isoformat(),
        "issuer": vars(invoices.issuer(house)),
        "plan": house.plan(wish["plan"]).name,
        "included": price.included,
        "over_yen": price.over,
        "expected_calls": wish["calls"],
        "lines": [_as_list(line) for line in costs.monthly],
        "once": [_as_list(line) for line in costs.once],
        "rounding": house.issuer.rounding,
        "notes": [f"お支払い方法: {house.first_payment.how}"],
    }


def _as_list(line: invoice.Line) -> list[Any]:
    """A line as the list of its fields."""
    return [vars(line)[name] for name in invoice.Line._fields]


def read(house: House, number: str) -> Facts:
    """An estimate as it was answered when it was made. Raises NotFound."""
    return _view(_stored_facts(house, number))


def link(house: House, number: str) -> str:
    """A link to the paper of an estimate. Raises NotFound and NotYet."""
    _stored_facts(house, number)
    key = papers.estimate_key(house.key, number)
    if not files.has(key):
        paper_links.ask(papers.wish(house.key, "estimate", number=number))
    return files.link(key, f"見積書_{number}.pdf")


def _stored_facts(house: House, number: str) -> Facts:
    known = rules.is_number(house.key, number)
    kept = files.read(papers.estimate_key(house.key, number, "json")) if known else None
    if kept is None:
        raise NotFound("この見積書は見つかりません。番号をご確認ください。")
    facts: Facts = json.loads(kept)
    return facts


def _view(facts: Facts) -> Facts:
    lines = [_line(line) for line in facts["lines"]]
    once = [_line(line) for line in facts["once"]]
    names = ("number", "client", "issued_on", "valid_until", "plan", "included", "over_yen")
    return {name: facts[name] for name in names} | {
        "expected_calls": facts["expected_calls"],
        "lines": lines,
        "monthly_yen": sum(line["yen"] for line in lines),
        "once": once,
        "once_yen": sum(line["yen"] for line in once),
        "link": f"/v1/estimates/{facts['number']}.pdf",
    }


def _line(stored: list[Any]) -> Facts:
    line = invoice.Line(*stored)
    names = ("kind", "key", "label", "quantity", "unit_yen", "yen", "rate", "note")
    return {name: getattr(line, name) for name in names}
