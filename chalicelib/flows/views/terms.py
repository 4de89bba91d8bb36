"""A contract's prices, what is changing about it, and what a wish of today would mean, for the office's eyes."""

from datetime import date

from chalicelib.models import Contract
from chalicelib.models.contract_parts import ExtraLine, Option
from chalicelib.rules.contract import life, offer
from chalicelib.rules.houses import House


def view(contract: Contract, house: House, today: date) -> dict:
    """Prices are yen a month, tax included, as of their own dates."""
    return {
        "monthly": _monthly(contract, house, contract.plan, today),
        "next_plan": _next_plan(contract, house),
        "plan_changes": [
            {"on": each.on.isoformat(), "was": each.was, "becomes": each.becomes}
            for each in contract.plans
        ],
        "use_changes": [
            {
                "on": each.on.isoformat(),
                "number": each.number,
                "was": each.was,
                "becomes": each.becomes,
            }
            for each in contract.uses
        ],
        "options": [_option(each, house) for each in contract.options],
        "extra_lines": [_extra_line(each, house) for each in contract.extra_lines],
        "extra_people": life.extra_people(contract, house),
        "if_asked_today": _if_asked(contract, house, today) if life.in_service(contract) else None,
        "refund": _refund(contract, house),
    }


def _monthly(contract: Contract, house: House, plan: str, on: date) -> int | None:
    """None for a plan that the house no longer has: such a contract comes to a stop, and the office has to see it."""
    return (
        offer.monthly(house, plan, contract.use, on)
        if plan in {each.key for each in house.plans}
        else None
    )


def _next_plan(contract: Contract, house: House) -> dict | None:
    if not contract.next_plan:
        return None
    monthly = _monthly(contract, house, contract.next_plan, contract.next_plan_on)
    return {
        "plan": contract.next_plan,
        "from": contract.next_plan_on.isoformat(),
        "monthly": monthly,
    }


def _if_asked(contract: Contract, house: House, today: date) -> dict:
    plan_from, ends_on = (
        life.plan_counts_from(contract, house, today),
        life.ends_if_noticed(contract, house, today),
    )
    prices = {
        plan.key: offer.monthly(house, plan.key, contract.use, plan_from) for plan in house.plans
    }
    return {
        "plan_from": plan_from.isoformat(),
        "plan_monthly": prices,
        "notice_ends_on": ends_on.isoformat(),
    }


def _option(option: Option, house: House) -> dict:
    known = house.option(option.key)
    told = {
        "option": option.key,
        "name": known.name if known else option.key,
        "monthly": known.yen if known else None,
    }
    return told | _dates(option) | {"details": option.details}


def _extra_line(extra: ExtraLine, house: House) -> dict:
    return {
        "number": extra.number,
        "use": extra.use,
        "monthly": house.line.extra_number_yen,
    } | _dates(extra)


def _dates(ordered: Option | ExtraLine) -> dict:
    return {
        "since": ordered.since.isoformat(),
        "until": ordered.until.isoformat() if ordered.until else None,
    }


def _refund(contract: Contract, house: House) -> dict | None:
    """What goes back to the client, and whether the bank's fee is theirs; a refusal by the house costs them nothing."""
    if not contract.refund_yen:
        return None
    less = house.trial.money_back_less_transfer_fee and contract.end_reason != "refused"
    return {"yen": contract.refund_yen, "less_transfer_fee": less}
