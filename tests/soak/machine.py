"""The whole machine, and one run of it."""

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.soak.months import Months

STEPS = 8  # of a history, its beginning and end not counted


class Machine(Months):
    """Every rule there is; further classes of rules are added to its bases."""


def run(histories: int, number: int | None) -> None:
    """So many histories, from a seed or, with None, the same ones each time.

    Raises what fails, its shortest history in the notes.
    """
    options = settings(
        max_examples=histories,
        stateful_step_count=STEPS,
        derandomize=number is None,
        database=None,
        deadline=None,
        print_blob=True,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    seeded = Machine if number is None else seed(number)(Machine)
    run_state_machine_as_test(seeded, settings=options)
