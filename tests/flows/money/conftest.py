"""Money is proved on DynamoDB Local: its transactions are what the books stand on."""

import pytest


@pytest.fixture
def desk(any_desk):
    return any_desk
