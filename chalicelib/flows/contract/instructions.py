"""What operators may say and must know about a client (houses.md 1 and 12, calls.md The line)."""

from typing import Any

from chalicelib.errors import NotFound, wrong
from chalicelib.flows import lookup
from chalicelib.flows.change import Change
from chalicelib.rules.house_file import ITEMS

FIELDS = ("extra_items", "answers", "disclosable", "notes", "exception", "former")


def give(change: Change, **instructions: Any) -> None:
    """Put what is given of FIELDS in the place of the old: an empty list or text clears.

    `extra_items` are asked of callers beside the house's own (houses.md 9),
    `answers` are questions that may be answered, `disclosable` what may be
    told when a call warrants it, `notes` look-alikes, VIPs and words to avoid,
    `exception` why two firms share the number (特認), `former` the contract of
    a client who came back. Raises Invalid for a former contract that is not
    this house's.
    """
    contract = change.contract
    change.proceed("names_changed")
    if instructions["former"]:
        _check_former(change, instructions["former"])
    if instructions["extra_items"]:
        _check_items(change, instructions["extra_items"])
    for name in FIELDS:
        becomes = instructions[name]
        if becomes is not None and becomes != getattr(contract, name):
            setattr(contract, name, becomes)
            change.record("instructions_changed", text=name)


def _check_items(change: Change, items: list[dict[str, str]]) -> None:
    keys = [item["key"] for item in items]
    if not change.house.report.extra_items:
        raise wrong(
            "extra_items",
            "この事業者では、お聞きする項目を追加できません。extra_items を外してください。",
        )
    if len(set(keys)) < len(keys) or set(keys) & set(ITEMS):
        reserved = "、".join(ITEMS)
        raise wrong(
            "extra_items",
            f"項目の key は、{reserved} 以外で、互いに異なるものにしてください。",
        )


def _check_former(change: Change, former: str) -> None:
    sentence = "以前のご契約の番号が見つかりません。番号をご確認ください。"
    if former == change.contract.id:
        raise wrong("former", sentence)
    try:
        lookup.contract(change.house, former)
    except NotFound:
        raise wrong("former", sentence) from None
