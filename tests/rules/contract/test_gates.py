"""What has to be passed before a service starts, and what a returning client is recognised by."""

from types import SimpleNamespace

import pytest

from chalicelib.rules import houses
from chalicelib.rules.contract import gates, trial

ALWAYS = ["mail", "greeting", "identity", "address", "number"]


def contract(passed=(), mail=False, confirmed=(), wants_trial=True, matches=()):
    return SimpleNamespace(
        matches=list(matches),
        wants_trial=wants_trial,
        mail_confirmed_at="then" if mail else None,
        people=[
            SimpleNamespace(addresses=[SimpleNamespace(confirmed_at="then" if each else None)])
            for each in confirmed
        ],
        passed_gates=lambda: set(passed),
    )


@pytest.mark.parametrize(
    ("house", "wants_trial", "matches", "more"),
    [
        ("mk", True, [], {"eligibility"}),
        ("mk", False, [], {"payment"}),
        ("mk", True, ["phone:03"], {"eligibility"}),
        ("smile", True, [], {"payment"}),
        ("smile", False, [], {"payment"}),
        ("smile", True, ["phone:03"], {"payment", "eligibility"}),
    ],
)
def test_which_gates_a_contract_has_to_pass(house, wants_trial, matches, more):
    keys = [
        gate.key
        for gate in gates.needed(
            contract(wants_trial=wants_trial, matches=matches), houses.find(house)
        )
    ]
    assert set(keys) == {*ALWAYS, *more}
    assert len(keys) == len(ALWAYS) + len(more)
    assert (keys[0], keys[-1]) == ("mail", "number")


@pytest.mark.parametrize(
    ("given", "key", "passed"),
    [
        (contract(mail=True), "mail", True),
        (contract(passed=["mail"]), "mail", False),  # only its own button passes it
        (contract(confirmed=[False, True]), "address", True),
        (contract(confirmed=[False, False], passed=["address"]), "address", False),
        (contract(), "address", False),
        (contract(passed=["identity"]), "identity", True),
        (contract(passed=["identity"]), "greeting", False),
    ],
)
def test_what_passes_a_gate(given, key, passed):
    assert gates.passed(given, key) is passed


def test_only_what_is_not_passed_is_waited_for():
    given = contract(passed=["greeting", "eligibility"], mail=True)
    assert [gate.key for gate in gates.waiting(given, houses.find("mk"))] == [
        "identity",
        "address",
        "number",
    ]


@pytest.mark.parametrize(
    ("known", "marks"),
    [
        (
            {"phone": "0312345678", "mail": "Taro@A.Example"},
            ["phone:0312345678", "mail:taro@a.example"],
        ),
        ({"phone": "0312345678"}, ["phone:0312345678"]),
        ({"mail": "a@a.example"}, ["mail:a@a.example"]),
        ({"phone": ""}, []),
        ({"corporate_number": "5835678256246"}, ["corporate_number:5835678256246"]),
        (
            {"name": "㈱さくら 商事", "address": "東京都中央区１－２－３"},
            ["name_and_address:さくら商事|東京都中央区1-2-3"],
        ),
        (
            {"name": "さくら商事合同会社", "address": "東京都中央区1丁目2番3号"},
            ["name_and_address:さくら商事|東京都中央区1-2-3"],
        ),
        ({"name": "さくら商事", "address": "〒 1番地の2"}, ["name_and_address:さくら商事|1-2"]),
        ({"name": "さくら商事"}, []),
        ({"address": "東京都"}, []),
    ],
)
def test_what_a_client_is_recognised_by(known, marks):
    assert trial.marks(**{"phone": None, "mail": None} | known) == marks
