"""What pyproject.toml says of the project is true, and changes nothing of how it is deployed."""

import re
import tomllib

from chalicelib import config
from infra import package
from tests.docs.references import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def test_the_version_is_the_one_that_the_service_tells():
    assert PYPROJECT["project"]["version"] == config.VERSION


def test_the_changelog_knows_the_version():
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    versions = re.findall(r"^## \[(\d[^]]*)\]", changelog, re.MULTILINE)
    assert versions[0] == config.VERSION


def test_the_oldest_python_is_the_same_everywhere():
    oldest = PYPROJECT["project"]["requires-python"].removeprefix(">=")
    assert PYPROJECT["tool"]["mypy"]["python_version"] == oldest
    assert PYPROJECT["tool"]["ruff"]["target-version"] == f"py{oldest.replace('.', '')}"


def test_nothing_installs_the_repository():
    assert "build-system" not in PYPROJECT
    assert "pyproject.toml" not in package.SOURCES
    assert not (ROOT / "setup.py").exists()
