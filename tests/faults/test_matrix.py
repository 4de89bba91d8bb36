"""The fault matrix: every call of every path under every kind of fault, on DynamoDB Local.

`FAULTS=all`, as `make faults` has it, runs every cell, `FAULTS=some` every kind
at every call; otherwise the paths that are `core` are run so, and of the
others one fault at every call.
"""

import os

import pytest

from tests import chatwork_server
from tests.faults import matrix, money_paths
from tests.faults.paths import PATHS, ROOM
from tests.faults.world import World

pytestmark = pytest.mark.truth


@pytest.fixture(scope="module", autouse=True)
def legend():
    yield
    print(f"\n\n{matrix.legend()}")


@pytest.fixture
def whole_desk(true_desk, topic):
    """A desk with all that is beside it: SES's topic, and a Chatwork."""
    with chatwork_server.running(rooms={ROOM}) as chatwork:
        true_desk.topic, true_desk.chatwork = topic, chatwork
        yield true_desk


@pytest.mark.parametrize("path", [*PATHS, *money_paths.PATHS], ids=lambda path: path.name)
def test_every_call_under_every_fault(whole_desk, path):
    choice = os.environ.get("FAULTS") or ("some" if path.core else "few")
    table = matrix.run(path, World(whole_desk), choice)
    print(f"\n\n{table}\n")
    assert table.cells
    assert not table.not_run
    assert not table.failed, "\n".join(table.failed)
