"""Files in the private bucket: a paper is kept once, and never replaced (money.md Papers).

Each call is one attempt: who keeps a paper comes from a queue, which repeats.
"""

from typing import Any
from urllib.parse import quote, urlsplit

from botocore.config import Config
from botocore.exceptions import ClientError

from chalicelib import config
from chalicelib.channels import aws

LINK_SECONDS = 300  # "links that live five minutes"
_LIMITS = Config(
    connect_timeout=2,
    read_timeout=10,
    retries={"total_max_attempts": 1},
    signature_version="s3v4",
    s3={"addressing_style": "virtual"},  # else links lead over the endpoint of another region
)


def keep(key: str, content: bytes, content_type: str) -> None:
    """Keep a file under a key, unless there is one already: the first one stays.

    Raises botocore's errors, also where two keep the same key at once (409): the next attempt
    finds the other's file.
    """
    try:
        client().put_object(
            Bucket=config.files_bucket(),
            Key=key,
            Body=content,
            ContentType=content_type,
            IfNoneMatch="*",
        )
    except ClientError as refused:
        if refused.response["Error"]["Code"] != "PreconditionFailed":
            raise


def read(key: str) -> bytes | None:
    """A file's bytes, or None where there is no such file. Raises botocore's errors."""
    try:
        answer = client().get_object(Bucket=config.files_bucket(), Key=key)
        return answer["Body"].read()
    except ClientError as refused:
        if refused.response["Error"]["Code"] != "NoSuchKey":
            raise
        return None


def has(key: str) -> bool:
    """Whether there is a file of that key. Raises botocore's errors."""
    try:
        client().head_object(Bucket=config.files_bucket(), Key=key)
    except ClientError as refused:
        if refused.response["Error"]["Code"] != "404":
            raise
        return False
    return True


def link(key: str, file_name: str, seconds: int = LINK_SECONDS) -> str:
    """An address that saves the file under a name (Japanese too) for so many seconds.

    It is signed here: nothing is asked of S3, nor whether the file is there.
    """
    plain = file_name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    name = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
    request = {
        "Bucket": config.files_bucket(),
        "Key": key,
        "ResponseContentDisposition": name,
    }
    return client().generate_presigned_url("get_object", Params=request, ExpiresIn=seconds)


def origin() -> str:
    """Where links lead: the scheme and the host of each."""
    parts = urlsplit(link("any", "any"))
    return f"{parts.scheme}://{parts.netloc}"


def client() -> Any:
    """The one S3 client."""
    return aws.client("s3", _LIMITS)
