"""The package, built once for all its tests, and its template before and after SAM."""

import json
from pathlib import Path

import pytest
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from infra import layer, package
from tests import stores


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    """The folder with sam.json and deployment.zip of the stage dev.

    Each process of the tests has its own.
    """
    try:
        layer.check()
    except layer.Missing as why:
        stores.fails_on_ci(str(why))
    return package.package("dev", "ap-northeast-1", tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def template(folder) -> dict:
    return json.loads((folder / "sam.json").read_text())


@pytest.fixture(scope="session")
def transformed(template) -> dict:
    """The template as CloudFormation has it, when SAM has made its own resources plain ones."""
    copy = json.loads(json.dumps(template))
    for resource in copy["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/deployment.zip"
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            resource["Properties"]["ContentUri"] = "s3://bucket/papers-layer.zip"
    return Translator({}, Parser()).translate(copy, {})
