"""One client for all tables.

This is private ground of PynamoDB, so its version is pinned and watched here.
"""

from datetime import timedelta
from importlib.metadata import version

from chalicelib.models import TABLES, Counter
from chalicelib.models.base import connection, transaction


def test_every_model_and_transaction_shares_one_connection(services):
    assert version("pynamodb") == "6.1.0"
    assert {id(model._get_connection().connection) for model in TABLES} == {id(connection)}
    with transaction() as write:
        assert write._connection is connection
        write.save(Counter("x", used=1, deleted_after=timedelta(days=1)))
    assert Counter.find("x").used == 1


def test_time_outs_end_before_the_gateway_does():
    config = connection.client._client_config
    assert config.connect_timeout == 1
    assert config.read_timeout == 2
    assert config.retries["total_max_attempts"] == 3
