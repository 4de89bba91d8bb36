"""Tables, as the models describe them, queues and the bucket: what keeps, and nothing that runs."""

from collections.abc import Mapping, Sequence

from chalicelib.models import TABLES
from chalicelib.models.base import Table

WORKER_SECONDS = 60


def data_resources(stage: str) -> dict:
    """The tables, queues and files of a stage, by their logical names."""
    tables = {_table_id(model): table_resource(model, stage) for model in TABLES}
    return tables | _queues() | _files()


def _queues() -> dict:
    return {
        "SettleDeadLetters": _dead_letters(),
        "PapersDeadLetters": _dead_letters(),
        "MissedRuns": _dead_letters(),
        "LostMailEvents": _dead_letters(),
        # Apart from the nights: nobody has to send a sweep again, and an alarm that is already on
        # tells of no night.
        "MissedSweeps": _dead_letters(hours=1),
        "SettleQueue": _queue("SettleDeadLetters"),
        "PapersQueue": _queue("PapersDeadLetters"),
    }


def _queue(dead_letters: str) -> dict:
    """A queue before a worker: what failed five times is a dead letter."""
    properties = {
        "VisibilityTimeout": 6 * WORKER_SECONDS,
        "SqsManagedSseEnabled": True,
        "RedrivePolicy": {"deadLetterTargetArn": arn(dead_letters), "maxReceiveCount": 5},
    }
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


def _dead_letters(hours: int = 14 * 24) -> dict:
    return {
        "Type": "AWS::SQS::Queue",
        "Properties": {"MessageRetentionPeriod": hours * 3600, "SqsManagedSseEnabled": True},
    }


def _files() -> dict:
    """The private bucket of the papers.

    Papers are kept for seven years (money.md Papers): no lifecycle rule takes one away. Nobody may
    replace a paper, and no function may delete one. Versions keep what a person with wider rights
    overwrites or deletes. There is no object lock [D]: it can never be taken back, neither for a
    trial stage nor for a file that has to go.
    """
    closed = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    by_s3 = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    properties = {
        "PublicAccessBlockConfiguration": dict.fromkeys(closed, True),
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [by_s3]},
        "VersioningConfiguration": {"Status": "Enabled"},
    }
    policy = {"Version": "2012-10-17", "Statement": [_only_encrypted(), _only_new_files()]}
    return {
        "FilesBucket": {
            "Type": "AWS::S3::Bucket",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": properties,
        },
        "FilesBucketPolicy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {"Bucket": {"Ref": "FilesBucket"}, "PolicyDocument": policy},
        },
    }


_ALL_FILES = {"Fn::Sub": "${FilesBucket.Arn}/*"}


def _only_encrypted() -> dict:
    """Nothing goes in or out without TLS."""
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn("FilesBucket"), _ALL_FILES],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _only_new_files() -> dict:
    """A file is only put on condition that there is none of its key."""
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": _ALL_FILES,
        "Condition": {"Null": {"s3:if-none-match": "true"}},
    }


def table_resource(model: type[Table], stage: str) -> dict:
    """A table as its model describes it.

    It is on demand, recoverable to any second, and not deleted by mistake.
    """
    schema = model._get_schema()
    indexes = [_index(index) for index in schema["global_secondary_indexes"]]
    attributes = [
        _parts(each, "AttributeName", "AttributeType") for each in schema["attribute_definitions"]
    ]
    properties = {
        "TableName": f"denwaban-{stage}-{_plain_name(model)}",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": _keys(schema["key_schema"]),
        "AttributeDefinitions": attributes,
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "DeletionProtectionEnabled": True,
        "SSESpecification": {"SSEEnabled": True},
    }
    if indexes:
        properties["GlobalSecondaryIndexes"] = indexes
    if expires := model._ttl_attribute():
        properties["TimeToLiveSpecification"] = {
            "AttributeName": expires.attr_name,
            "Enabled": True,
        }
    return {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": properties,
    }


def _index(index: Mapping) -> dict:
    projection = index["projection"]
    names = [name for name in ("ProjectionType", "NonKeyAttributes") if projection.get(name)]
    return {
        "IndexName": index["index_name"],
        "KeySchema": _keys(index["key_schema"]),
        "Projection": _parts(projection, *names),
    }


def _keys(schema: Sequence[Mapping[str, object]]) -> list[dict]:
    """The hash key first, as CloudFormation wants it."""
    in_order = sorted(schema, key=lambda each: each["KeyType"] != "HASH")
    return [_parts(each, "AttributeName", "KeyType") for each in in_order]


def _parts(whole: Mapping[str, object], *names: str) -> dict:
    return {name: whole[name] for name in names}


def _plain_name(model: type[Table]) -> str:
    """`contracts`, whatever prefix the environment gives."""
    return model.Meta.table_name.rpartition("-")[2]


def _table_id(model: type[Table]) -> str:
    return f"{_plain_name(model).capitalize()}Table"


def arn(resource: str) -> dict:
    return {"Fn::GetAtt": [resource, "Arn"]}
