"""A file is kept once, read as it was, and reached by a link that ends."""

from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from chalicelib.channels import files
from dev import cloud

PAPER = b"%PDF-1.7 the paper"


@pytest.fixture
def kept(services):
    files.keep("papers/mk/1.pdf", PAPER, "application/pdf")


def test_what_is_kept_is_read_with_its_type(kept):
    assert files.read("papers/mk/1.pdf") == PAPER
    head = files.client().head_object(Bucket=cloud.BUCKET, Key="papers/mk/1.pdf")
    assert head["ContentType"] == "application/pdf"


def test_the_first_file_of_a_key_stays(kept):
    files.keep("papers/mk/1.pdf", b"another", "text/plain")
    assert files.read("papers/mk/1.pdf") == PAPER


def test_a_file_that_is_not_there_is_none(services):
    assert files.read("papers/mk/2.pdf") is None


def test_it_is_known_whether_a_file_is_there(kept):
    assert files.has("papers/mk/1.pdf")
    assert not files.has("papers/mk/2.pdf")


def test_links_lead_to_the_bucket_in_its_own_region(services):
    place = f"https://{cloud.BUCKET}.s3.ap-northeast-1.amazonaws.com"
    assert files.origin() == place
    assert files.link("papers/mk/1.pdf", "1.pdf").startswith(f"{place}/papers/mk/1.pdf?")


def test_another_refusal_is_the_callers_to_repeat(services, monkeypatch):
    monkeypatch.setenv("FILES_BUCKET", "another-bucket")
    with pytest.raises(ClientError, match="NoSuchBucket"):
        files.keep("papers/mk/1.pdf", PAPER, "application/pdf")
    with pytest.raises(ClientError, match="NoSuchBucket"):
        files.read("papers/mk/1.pdf")
    monkeypatch.setenv("FILES_BUCKET", "no_bucket_of_this_name_is_allowed!")
    with pytest.raises((ClientError, ParamValidationError)):
        files.has("papers/mk/1.pdf")


def test_a_link_names_the_file_and_ends_after_five_minutes(services):
    address = urlsplit(files.link("papers/mk/1.pdf", '請求書"1".pdf'))
    values = parse_qs(address.query)
    assert address.path.endswith("papers/mk/1.pdf")
    assert values["X-Amz-Expires"] == ["300"]
    assert values["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert values["response-content-disposition"] == [
        'attachment; filename="____1_.pdf"; '
        "filename*=UTF-8''%E8%AB%8B%E6%B1%82%E6%9B%B8%221%22.pdf"
    ]
