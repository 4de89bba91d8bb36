"""The fault matrix: every call of every path under every kind of fault, on DynamoDB Local.

`FAULTS=all`, as `make faults` has it, runs every cell; otherwise only the paths
that are `whole` are, and of the others a choice which has every kind at every call.
"""

import os

import pytest

from tests import chatwork_server
from tests.faults import matrix
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


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_every_call_under_every_fault(whole_desk, path):
    table = matrix.run(path, World(whole_desk), everything=path.whole or os.environ.get("FAULTS") == "all")
    print(f"\n\n{table}\n")
    assert table.cells and not table.not_run
    assert not table.failed, "\n".join(table.failed)
