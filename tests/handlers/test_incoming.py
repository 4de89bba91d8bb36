"""Our paths behind API Gateway's stage."""

from types import SimpleNamespace

import pytest

from chalicelib.handlers import incoming


@pytest.mark.parametrize(
    ("path", "full_path", "prefix"),
    [
        ("/{house}/signup", "/api/mk/signup", "/api"),
        ("/", "/api/", "/api"),
        ("/", "/", ""),
    ],
)
def test_pages_work_under_a_stage_prefix(path, full_path, prefix):
    request = SimpleNamespace(path=path, context={"path": full_path})
    assert incoming.root_of(request) == prefix
