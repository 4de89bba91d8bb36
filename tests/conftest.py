"""The environment of every test: DynamoDB is moto for speed, and DynamoDB Local for truth."""

import os

os.environ |= {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "ap-northeast-1",
    "AWS_DEFAULT_REGION": "ap-northeast-1",
    "STAGE": "test",
    "PUBLIC_URL": "https://denwaban.example",
    "LINK_SECRET": "a secret that only the tests know, of full length",
    "SENDING_RATE": "10000",  # mails a second: no test waits for SES
}

import shutil

import moto
import pytest
from hypothesis import settings

from chalicelib import clock
from chalicelib.flows.access import keys
from chalicelib.rules import houses
from dev import faster_moto
from dev.topic import Topic
from tests import stores
from tests.desk import Desk

settings.register_profile("untimed", deadline=None)  # a busy machine is no fault of ours
settings.load_profile("untimed")

faster_moto.install()

ON_CI = stores.ON_CI
DIARIES = ("test_diary", "test_jobs", "test_third_house")


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.name.startswith(DIARIES):
            item.add_marker("diary")
    # Groups take minutes: begun last, one would keep a single worker busy at the end.
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


def pytest_collection_finish():
    faster_moto.spare_the_collector()


@pytest.fixture(scope="session")
def dynamodb_local():
    """The address of a running DynamoDB Local; its absence fails on CI and skips elsewhere."""
    missing = stores.missing()
    if missing:
        stores.fails_on_ci(missing)
    with stores.running() as address:
        yield address


@pytest.fixture
def services():
    """SES, SQS and DynamoDB by moto, with our tables, queue and identities in them."""
    with moto.mock_aws():
        stores.use(None)
        stores.fill_moto()
        keys.forget()
        yield
        clock.use(None)


@pytest.fixture
def moto_desk(services):
    return Desk()


@pytest.fixture
def desk(moto_desk):
    return moto_desk


@pytest.fixture
def true_desk(dynamodb_local):
    """A desk whose store is DynamoDB Local."""
    with moto.mock_aws():
        stores.furnish(dynamodb_local)
        keys.forget()
        yield Desk()
        clock.use(None)
        stores.empty()
        stores.use(None)


@pytest.fixture
def any_desk(request):
    """A desk whose store is DynamoDB Local, or moto where there is no Java."""
    return request.getfixturevalue("moto_desk" if stores.missing() and not ON_CI else "true_desk")


@pytest.fixture(scope="session")
def signing():
    """A topic with its key; making one takes a while."""
    topic = Topic()
    yield topic
    topic.close()


@pytest.fixture
def topic(signing, monkeypatch):
    """The topic of which the app has been told."""
    for name, value in signing.environment.items():
        monkeypatch.setenv(name, value)
    return signing


@pytest.fixture
def house_files(monkeypatch, tmp_path):
    """House files of the test's own, which it may change or add to, in a folder."""
    with monkeypatch.context() as patch:
        folder = shutil.copytree(houses.FOLDER, tmp_path / "houses")
        patch.setattr(houses, "FOLDER", folder)
        yield folder
    houses.all_houses.cache_clear()


@pytest.fixture
def edit_house(house_files):
    """Deploy a house file with other words in it: `edit_house("mk", "days = 10", "days = 9")`."""

    def edit(house: str, old: str, new: str) -> None:
        file = house_files / f"{house}.toml"
        text = file.read_text("utf-8")
        assert text.count(old) == 1
        file.write_text(text.replace(old, new), "utf-8")
        houses.all_houses.cache_clear()

    return edit
