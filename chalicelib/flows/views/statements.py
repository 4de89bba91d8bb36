"""Statements of work as the office sees them: those of a contract, or a month of the house."""

from datetime import datetime
from typing import Any

from chalicelib.errors import wrong
from chalicelib.flows.engine import contracts
from chalicelib.flows.views import paging
from chalicelib.models import Contract, Statement
from chalicelib.rules.houses import House

_PAGE = 50
Query = dict[str, Any]


def list_statements(house: House, query: Query, now: datetime) -> dict:
    """A page of a contract's statements, the newest first, or of a month of all contracts.

    Raises Invalid where neither is asked for, or for a cursor not of ours; NotFound for a contract
    of another house.
    """
    if query["contract"]:
        return _of_contract(house, query, now)
    if query["month"]:
        return _of_month(house, query)
    raise wrong("month", "月(month)または受付番号(contract)を指定してください。")


def _of_contract(house: House, query: Query, now: datetime) -> dict:
    contract = contracts.look_at(house, query["contract"], now)
    place = paging.unseal(query["cursor"], {"contract", "month"}, contract=contract.id)
    page = Statement.query(
        contract.id,
        Statement.month == query["month"] if query["month"] else None,
        scan_index_forward=False,
        last_evaluated_key=place,
        limit=query["limit"] or _PAGE,
        consistent_read=True,
    )
    rows = [_row(each, contract) for each in page]
    return {"statements": rows, "cursor": paging.seal(page.last_evaluated_key)}


def _of_month(house: House, query: Query) -> dict:
    """Of so many contracts, the newest first, those whose month is closed."""
    place = paging.unseal(query["cursor"], {"id", "house", "applied_at"}, house=house.key)
    page = Contract.by_house.query(
        house.key,
        scan_index_forward=False,
        last_evaluated_key=place,
        limit=query["limit"] or _PAGE,
    )
    listed = {contract.id: contract for contract in page}
    months = [(contract, query["month"]) for contract in listed]
    stored = {each.contract: each for each in Statement.batch_get(months, consistent_read=True)}
    rows = [_row(stored[each], contract) for each, contract in listed.items() if each in stored]
    return {"statements": rows, "cursor": paging.seal(page.last_evaluated_key)}


def _row(statement: Statement, contract: Contract) -> dict:
    return _counts(statement) | {"client": contract.client}


def view(statement: Statement) -> dict:
    """A closed month: every call that operators took, and what of it was billed."""
    price = {"included": statement.included, "over_yen": statement.over_yen}
    return _counts(statement) | price | {"calls": statement.rows}


def _counts(statement: Statement) -> dict:
    return {
        "contract": statement.contract,
        "month": statement.month,
        "plan": statement.plan,
        "counted": statement.calls,
        "settled": statement.settled_calls,
        "surcharge_yen": statement.surcharge_yen,
    }
