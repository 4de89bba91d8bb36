"""The fault matrix: every AWS call of every path under every kind of fault, on DynamoDB Local."""

import pytest

from tests.faults import matrix
from tests.faults.paths import PATHS
from tests.faults.world import World

pytestmark = pytest.mark.truth


@pytest.fixture(scope="module", autouse=True)
def legend():
    yield
    print(f"\n\n{matrix.legend()}")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_every_call_under_every_fault(true_desk, path):
    table = matrix.run(path, World(true_desk))
    print(f"\n\n{table}\n")
    assert table.cells and not table.not_run
    assert not table.failed, "\n".join(table.failed)
