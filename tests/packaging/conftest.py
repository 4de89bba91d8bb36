"""The package, built once for all its tests."""

from pathlib import Path

import pytest

from infra import package


@pytest.fixture(scope="session")
def made() -> Path:
    """The folder with sam.json and deployment.zip of the stage dev."""
    return package.package("dev", "ap-northeast-1")
