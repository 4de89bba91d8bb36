"""How many people are charged for, as it stands after a change (houses.md 7)."""

from chalicelib.flows.change import Change
from chalicelib.models import Contract
from chalicelib.models.contract_parts import ExtraPeople
from chalicelib.rules.contract import life, lifecycle
from chalicelib.rules.money import charges
from chalicelib.words import money_letters


def note(change: Change) -> None:
    """Keep from which day on how many are charged for; the client hears what that costs.

    Of one day the last count holds: who came and left on it is not charged for.
    """
    contract, house = change.contract, change.house
    if contract.status == lifecycle.ENDED:
        return
    count, was = life.extra_people(contract, house), _last(contract)
    if count == was:
        return
    earlier = [each for each in contract.extra_people if each.on != change.today]
    contract.extra_people = earlier
    if count != _last(contract):
        contract.extra_people = [*earlier, ExtraPeople(on=change.today, count=count)]
    change.record("extra_people", was=str(was), becomes=str(count))
    change.write(
        money_letters.ExtraPeople(
            count=count,
            was=was,
            each_yen=house.roster.extra_person_yen,
            monthly=charges.monthly_yen(contract, house, change.today, change.today),
            day=change.today,
        ),
        change.today,
        part=str(change.recorded),
    )


def _last(contract: Contract) -> int:
    return contract.extra_people[-1].count if contract.extra_people else 0
