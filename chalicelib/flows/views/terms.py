"""A contract's prices, what is changing about it, and what a wish of today would mean."""

from datetime import date

from chalicelib.flows.views.days import iso_day
from chalicelib.models import Contract
from chalicelib.models.contract_parts import ExtraLine, Option, PlanChange, UseChange
from chalicelib.rules.contract import life
from chalicelib.rules.houses import House
from chalicelib.rules.money import charges


def view(contract: Contract, house: House, today: date) -> dict:
    """Prices are yen a month, tax included, as of their own dates."""
    in_service = life.in_service(contract)
    return {
        "monthly": _monthly(contract, house, contract.plan, today, today),
        "next_plan": _next_plan(contract, house, today),
        "plan_changes": [_plan_change(change) for change in contract.plans],
        "use_changes": [_use_change(change) for change in contract.uses],
        "options": [_option(option, house) for option in contract.options],
        "extra_lines": [_extra_line(extra, house) for extra in contract.extra_lines],
        "extra_people": life.extra_people(contract, house),
        "if_asked_today": _if_asked(contract, house, today) if in_service else None,
        "refund": _refund(contract, house),
    }


def _monthly(contract: Contract, house: House, plan: str, on: date, today: date) -> int | None:
    """What is billed each month with a plan, in yen; None for one that the house no longer has.

    A contract on such a plan comes to a stop, and the office has to see it.
    """
    if plan not in {row.key for row in house.plans}:
        return None
    return charges.monthly_yen(contract, house, on, today, plan)


def _next_plan(contract: Contract, house: House, today: date) -> dict | None:
    """The nearest change of plan, and whether a closing has fixed it."""
    wishes = contract.plan_wishes()
    if not wishes:
        return None
    wish = wishes[0]
    return {
        "plan": wish.becomes,
        "from": iso_day(wish.on),
        "monthly": _monthly(contract, house, wish.becomes, wish.on, today),
    }


def _plan_change(change: PlanChange) -> dict:
    return {"on": iso_day(change.on), "was": change.was, "becomes": change.becomes}


def _use_change(change: UseChange) -> dict:
    return {
        "on": iso_day(change.on),
        "number": change.number,
        "was": change.was,
        "becomes": change.becomes,
    }


def _if_asked(contract: Contract, house: House, today: date) -> dict:
    plan_from = life.plan_counts_from(contract, house, today)
    ends_on = life.ends_if_noticed(contract, house, today)
    prices = {
        plan.key: _monthly(contract, house, plan.key, plan_from, today) for plan in house.plans
    }
    return {
        "plan_from": iso_day(plan_from),
        "plan_monthly": prices,
        "notice_ends_on": iso_day(ends_on),
    }


def _option(option: Option, house: House) -> dict:
    """An ordered option; one that the house no longer has goes by its key, without a price."""
    row = house.option(option.key)
    return {
        "option": option.key,
        "name": row.name if row else option.key,
        "monthly": row.yen if row else None,
        "since": iso_day(option.since),
        "until": iso_day(option.until),
        "details": option.details,
    }


def _extra_line(extra: ExtraLine, house: House) -> dict:
    return {
        "number": extra.number,
        "use": extra.use,
        "monthly": house.line.extra_number_yen,
        "since": iso_day(extra.since),
        "until": iso_day(extra.until),
    }


def _refund(contract: Contract, house: House) -> dict | None:
    """What goes back to the client, and whether the bank's fee is theirs.

    A refusal by the house costs the client nothing.
    """
    if not contract.refund_yen:
        return None
    is_refusal = contract.end_reason == "refused"
    less = house.trial.money_back_less_transfer_fee and not is_refusal
    return {"yen": contract.refund_yen, "less_transfer_fee": less}
