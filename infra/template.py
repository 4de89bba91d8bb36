"""What Chalice does not declare: tables from the models, queue, schedules, log groups, and the environment.

`chalice package --merge-template` lays this over its own template; where both
name a resource, the properties here are added to it.
"""

from collections.abc import Mapping, Sequence

from chalicelib.models import TABLES
from chalicelib.models.base import Table
from infra.alarms import alarms

FUNCTIONS = ("APIHandler", "Nightly", "Settle", "Sweep", "MailEvents", "Redate", "IssueKey")
# What SES is asked to tell; Send tells that a mail left which our own request lost sight of.
EVENTS = (
    "SEND",
    "DELIVERY",
    "DELIVERY_DELAY",
    "BOUNCE",
    "COMPLAINT",
    "REJECT",
    "RENDERING_FAILURE",
)
LOG_DAYS = 400
WORKER_SECONDS = 60
LONGEST_SECONDS = 900  # what Lambda allows


def merge_template(stage: str) -> dict:
    """The merge template of a stage."""
    return {
        "Parameters": _parameters(),
        "Conditions": {
            "WritesToChatwork": _is_given("ChatworkSecretName"),
            "AlarmsByMail": _is_given("AlarmMail"),
        },
        "Globals": {"Function": {"Environment": {"Variables": _environment(stage)}}},
        "Resources": data_resources(stage)
        | _functions()
        | _logs()
        | _answers()
        | _mail(stage)
        | alarms(stage, FUNCTIONS),
    }


def _is_given(parameter: str) -> dict:
    return {"Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, ""]}]}


def data_resources(stage: str) -> dict:
    """Tables and queues: what keeps data, and nothing that runs."""
    tables = {_table_id(model): table_resource(model, stage) for model in TABLES}
    return tables | {
        "SettleDeadLetters": _dead_letters(),
        "MissedRuns": _dead_letters(),
        "LostMailEvents": _dead_letters(),
        # Apart from the nights: nobody has to send a sweep again, and an alarm that is already on tells of no night.
        "MissedSweeps": _dead_letters(hours=1),
        "SettleQueue": {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "VisibilityTimeout": 6 * WORKER_SECONDS,
                "SqsManagedSseEnabled": True,
                "RedrivePolicy": {
                    "deadLetterTargetArn": _arn("SettleDeadLetters"),
                    "maxReceiveCount": 5,
                },
            },
        },
    }


def _dead_letters(hours: int = 14 * 24) -> dict:
    return {
        "Type": "AWS::SQS::Queue",
        "Properties": {"MessageRetentionPeriod": hours * 3600, "SqsManagedSseEnabled": True},
    }


def table_resource(model: type[Table], stage: str) -> dict:
    """A table as its model describes it: on demand, recoverable to any second, not deleted by mistake."""
    schema = model._get_schema()
    indexes = [
        {
            "IndexName": index["index_name"],
            "KeySchema": _keys(index["key_schema"]),
            "Projection": {
                name: value for name, value in _projection(index["projection"]).items() if value
            },
        }
        for index in schema["global_secondary_indexes"]
    ]
    properties = {
        "TableName": f"denwaban-{stage}-{_plain_name(model)}",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": _keys(schema["key_schema"]),
        "AttributeDefinitions": [
            _chosen(each, "AttributeName", "AttributeType")
            for each in schema["attribute_definitions"]
        ],
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


def _keys(schema: Sequence[Mapping[str, object]]) -> list[dict]:
    """The hash key first, as CloudFormation wants it."""
    ordered = sorted(schema, key=lambda each: each["KeyType"] != "HASH")
    return [_chosen(each, "AttributeName", "KeyType") for each in ordered]


def _chosen(given: Mapping[str, object], *names: str) -> dict:
    return {name: given[name] for name in names}


def _projection(projection: dict) -> dict:
    return {
        "ProjectionType": projection["ProjectionType"],
        "NonKeyAttributes": projection.get("NonKeyAttributes"),
    }


def _plain_name(model: type[Table]) -> str:
    """`contracts`, whatever prefix the environment gives."""
    return model.Meta.table_name.rpartition("-")[2]


def _table_id(model: type[Table]) -> str:
    return f"{_plain_name(model).capitalize()}Table"


def _parameters() -> dict:
    return {
        "PublicUrl": {
            "Type": "String",
            "AllowedPattern": "https://[^/]+(/[^/]+)?",
            "ConstraintDescription": "Where the pages are reached from outside, without a slash at the end: https://example.jp",
        },
        "LinkSecretName": {
            "Type": "String",
            "Default": "denwaban/link-secret",
            "Description": "Name of a secret in Secrets Manager: a random string of 32 characters or more",
        },
        "SendingRate": {
            "Type": "Number",
            "Default": 10,
            "MinValue": 1,
            "Description": "Mails a second that the sweep may send: what SES allows this account, less what calls need",
        },
        "AlarmMail": {
            "Type": "String",
            "Default": "",
            "Description": "Who is mailed when somebody has to look; empty for nobody",
        },
        "ChatworkSecretName": {
            "Type": "String",
            "Default": "",
            "Description": 'Name of a secret that holds each house\'s token as JSON, {"mk": "..."}; empty where none uses Chatwork',
        },
    }


def _environment(stage: str) -> dict:
    tokens = {"Fn::Sub": "{{resolve:secretsmanager:${ChatworkSecretName}}}"}
    return {
        "STAGE": stage,
        "TABLE_PREFIX": f"denwaban-{stage}-",
        "PUBLIC_URL": {"Ref": "PublicUrl"},
        "LINK_SECRET": {"Fn::Sub": "{{resolve:secretsmanager:${LinkSecretName}}}"},
        "CHATWORK_TOKENS": {"Fn::If": ["WritesToChatwork", tokens, {"Ref": "AWS::NoValue"}]},
        "SETTLE_QUEUE_URL": {"Ref": "SettleQueue"},
        "SES_CONFIGURATION_SET": {"Ref": "MailSet"},
        "SENDING_RATE": {"Ref": "SendingRate"},
        "MAIL_TOPIC_ARN": {"Ref": "MailTopic"},
    }


def _functions() -> dict:
    batch = {
        "Queue": _arn("SettleQueue"),
        "BatchSize": 5,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }
    lost = {"deadLetterTargetArn": _arn("LostMailEvents")}
    # A schedule only hands its event over: what fails after that is Lambda's to put aside. The next minute sweeps anyway,
    # so a sweep that failed, or that Lambda could not start for a minute, is not tried again.
    night = {
        "Events": {"Night": _schedule("cron(5 0 * * ? *)", "MissedRuns")},
        "EventInvokeConfig": _put_aside("MissedRuns", tries=3),
    }
    minute = {
        "Events": {"Minute": _schedule("rate(1 minute)", "MissedSweeps")},
        "EventInvokeConfig": _put_aside("MissedSweeps", tries=1) | {"MaximumEventAgeInSeconds": 60},
    }
    return {
        "Nightly": {"Properties": {**night, "Timeout": WORKER_SECONDS}},
        "Sweep": {"Properties": {**minute, "Timeout": WORKER_SECONDS}},
        "MailEvents": {
            "Properties": {
                "Events": {
                    "Mail": {
                        "Type": "SNS",
                        "Properties": {"Topic": {"Ref": "MailTopic"}, "RedrivePolicy": lost},
                    }
                },
                "EventInvokeConfig": _put_aside("LostMailEvents", tries=3),
            }
        },
        "Settle": {
            "Properties": {
                "Events": {"Batch": {"Type": "SQS", "Properties": batch}},
                "Timeout": WORKER_SECONDS,
            }
        },
        # Called by hand: a person looks at the answer and calls again, rather than three runs behind their back.
        "Redate": {
            "Properties": {
                "Timeout": LONGEST_SECONDS,
                "EventInvokeConfig": {"MaximumRetryAttempts": 0},
            }
        },
    }


def _put_aside(queue: str, tries: int) -> dict:
    """An event whose function has failed so many times ends in a queue, whole (`requestPayload`), to be sent again."""
    failed = {"OnFailure": {"Type": "SQS", "Destination": _arn(queue)}}
    return {"MaximumRetryAttempts": tries - 1, "DestinationConfig": failed}


def _schedule(expression: str, missed: str) -> dict:
    """A schedule by the clock of Japan that sends its own time, so that a late run still means its own night."""
    properties = {
        "OmitName": True,  # its logical name alone would be one for all stages of an account
        "ScheduleExpression": expression,
        "ScheduleExpressionTimezone": "Asia/Tokyo",
        "Input": '{"time": "<aws.scheduler.scheduled-time>"}',
        "RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 3600},
        "DeadLetterConfig": {"Arn": _arn(missed)},
    }
    return {"Type": "ScheduleV2", "Properties": properties}


def _logs() -> dict:
    return {
        f"{function}Log": {
            "Type": "AWS::Logs::LogGroup",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                "LogGroupName": {"Fn::Sub": f"/aws/lambda/${{{function}}}"},
                "RetentionInDays": LOG_DAYS,
            },
        }
        for function in FUNCTIONS
    }


def _answers() -> dict:
    """What API Gateway answers by itself: an unknown path is a 404 problem, not its own 403."""
    body = '{"type": "/problems/not-found", "title": "見つかりません", "status": 404, "detail": "アドレスをご確認ください。"}'
    unknown = {"statusCode": "404", "responseTemplates": {"application/json": body}}
    own = {"x-amazon-apigateway-gateway-responses": {"MISSING_AUTHENTICATION_TOKEN": unknown}}
    return {"RestAPI": {"Properties": {"DefinitionBody": own}}}


def _mail(stage: str) -> dict:
    """Our own ledger decides who is sent to: SES's account-wide suppression would drop a later test mail in silence."""
    properties = {"Name": f"denwaban-{stage}", "SuppressionOptions": {"SuppressedReasons": []}}
    lost = _arn("LostMailEvents")
    told = {
        "Enabled": True,
        "MatchingEventTypes": list(EVENTS),
        "SnsDestination": {"TopicARN": {"Ref": "MailTopic"}},
    }
    return {
        "MailSet": {"Type": "AWS::SES::ConfigurationSet", "Properties": properties},
        "MailTopic": {"Type": "AWS::SNS::Topic", "Properties": {"SignatureVersion": "2"}},
        "MailTopicPolicy": _may_send(
            "AWS::SNS::TopicPolicy",
            "Topics",
            {"Ref": "MailTopic"},
            "sns:Publish",
            "ses.amazonaws.com",
        ),
        "LostMailEventsPolicy": _may_send(
            "AWS::SQS::QueuePolicy",
            "Queues",
            {"Ref": "LostMailEvents"},
            "sqs:SendMessage",
            "sns.amazonaws.com",
            lost,
        ),
        "MailTold": {
            "Type": "AWS::SES::ConfigurationSetEventDestination",
            "DependsOn": "MailTopicPolicy",
            "Properties": {"ConfigurationSetName": {"Ref": "MailSet"}, "EventDestination": told},
        },
    }


def _may_send(
    kind: str, attached: str, to: dict, action: str, service: str, resource: dict | None = None
) -> dict:
    """Let a service of AWS send there, for this account alone."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": action,
        "Resource": resource or to,
        "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    }
    return {
        "Type": kind,
        "Properties": {
            attached: [to],
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        },
    }


def _arn(resource: str) -> dict:
    return {"Fn::GetAtt": [resource, "Arn"]}
