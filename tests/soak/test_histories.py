"""Some histories, the same ones each time.

CI runs a hundred more, `make soak` 10,000 new ones.
"""

import pytest

from tests.soak import machine, world

pytestmark = pytest.mark.truth


def test_random_histories_lose_and_double_nothing(dynamodb_local, capfd):
    with world.opened(dynamodb_local) as machine.Machine.world:
        machine.run(8, None)
