"""What Chalice does not declare: schedules, logs, the environment and more.

`chalice package --merge-template` lays this over its own template; where both
name a resource, the properties here are added to it. Tables and queues stand in
`stores.py`, mail in `mail.py`, alarms in `alarms.py`.
"""

from infra.alarms import alarms
from infra.mail import mail_resources
from infra.stores import WORKER_SECONDS, arn, data_resources

FUNCTIONS = (
    "APIHandler",
    "Nightly",
    "Settle",
    "Papers",
    "Sweep",
    "MailEvents",
    "Redate",
    "IssueKey",
    "Close",
    "Books",
    "Recount",
    "Redrive",
)
LAYER = "papers-layer.zip"  # the typesetter and its typeface: see package.py
TYPESETTER_MB = 1024  # of memory, and with it of processor: a first page then takes no second
LOG_DAYS = 400
AT_MOST = 20  # workers of one queue: a night of closings must leave the account's others to calls
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
        "Resources": {
            **data_resources(stage),
            **_functions(),
            "PapersLayer": _layer(),
            **_logs(),
            **_answers(),
            **mail_resources(stage),
            **alarms(stage, FUNCTIONS),
        },
    }


def _is_given(parameter: str) -> dict:
    return {"Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, ""]}]}


def _parameters() -> dict:
    return {
        "PublicUrl": {
            "Type": "String",
            "AllowedPattern": "https://[^/]+(/[^/]+)?",
            "ConstraintDescription": "Where the pages are reached from outside, without a slash "
            "at the end: https://example.jp",
        },
        "LinkSecretName": {
            "Type": "String",
            "Default": "denwaban/link-secret",
            "Description": "Name of a secret in Secrets Manager: "
            "a random string of 32 characters or more",
        },
        "SendingRate": {
            "Type": "Number",
            "Default": 10,
            "MinValue": 1,
            "Description": "Mails a second that the sweep may send: "
            "what SES allows this account, less what calls need",
        },
        "AlarmMail": {
            "Type": "String",
            "Default": "",
            "Description": "Who is mailed when somebody has to look; empty for nobody",
        },
        "ChatworkSecretName": {
            "Type": "String",
            "Default": "",
            "Description": "Name of a secret that holds each house's token as JSON, "
            '{"mk": "..."}; empty where none uses Chatwork',
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
        "SETTLE_DEAD_LETTERS_URL": {"Ref": "SettleDeadLetters"},
        "PAPERS_QUEUE_URL": {"Ref": "PapersQueue"},
        "FILES_BUCKET": {"Ref": "FilesBucket"},
        "SES_CONFIGURATION_SET": {"Ref": "MailSet"},
        "SENDING_RATE": {"Ref": "SendingRate"},
        "MAIL_TOPIC_ARN": {"Ref": "MailTopic"},
    }


def _functions() -> dict:
    properties = {
        "Nightly": _nightly(),
        "Sweep": _sweep(),
        "MailEvents": _mail_events(),
        "Settle": _settle(),
        "Papers": _papers(),
        "Redate": _by_hand(),
        "Close": _daily("cron(20 0 * * ? *)"),
        "Books": _daily("cron(0 6 * * ? *)"),
        "Recount": _by_hand(),
        "Redrive": _by_hand(),
    }
    return {name: {"Properties": each} for name, each in properties.items()}


# A schedule only hands its event over: what fails after that is Lambda's to put aside.


def _nightly() -> dict:
    return {
        "Events": {"Night": _schedule("cron(5 0 * * ? *)", "MissedRuns")},
        "EventInvokeConfig": _put_aside("MissedRuns", tries=3),
        "Timeout": WORKER_SECONDS,
    }


def _daily(expression: str) -> dict:
    """A job of the money, once a day. It reads many contracts, so it has time."""
    return {
        "Events": {"Day": _schedule(expression, "MissedRuns")},
        "EventInvokeConfig": _put_aside("MissedRuns", tries=3),
        "Timeout": LONGEST_SECONDS,
    }


def _sweep() -> dict:
    """The next minute sweeps anyway, so a sweep that failed is not tried again.

    The same holds for a sweep that Lambda could not start for a minute.
    """
    once = _put_aside("MissedSweeps", tries=1)
    return {
        "Events": {"Minute": _schedule("rate(1 minute)", "MissedSweeps")},
        "EventInvokeConfig": once | {"MaximumEventAgeInSeconds": 60},
        "Timeout": WORKER_SECONDS,
    }


def _mail_events() -> dict:
    lost = {"deadLetterTargetArn": arn("LostMailEvents")}
    topic = {"Topic": {"Ref": "MailTopic"}, "RedrivePolicy": lost}
    return {
        "Events": {"Mail": {"Type": "SNS", "Properties": topic}},
        "EventInvokeConfig": _put_aside("LostMailEvents", tries=3),
    }


def _settle() -> dict:
    return {"Events": {"Batch": _batch("SettleQueue")}, "Timeout": WORKER_SECONDS}


def _papers() -> dict:
    return {
        "Events": {"Batch": _batch("PapersQueue")},
        "Timeout": WORKER_SECONDS,
        "MemorySize": TYPESETTER_MB,
        "Layers": [{"Ref": "PapersLayer"}],
        "Environment": {"Variables": {"PAPER_FONTS": "/opt/fonts"}},
    }


def _layer() -> dict:
    """What only `papers` needs, so that no other function's cold start pays for it."""
    return {
        "Type": "AWS::Serverless::LayerVersion",
        "Properties": {
            "Description": "The typesetter of the papers and its typeface",
            "ContentUri": f"./{LAYER}",
            "CompatibleArchitectures": ["arm64"],
            "RetentionPolicy": "Delete",
        },
    }


def _batch(queue: str) -> dict:
    """A few messages of a queue; only those that failed come back."""
    batch = {
        "Queue": arn(queue),
        "BatchSize": 5,
        "ScalingConfig": {"MaximumConcurrency": AT_MOST},
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }
    return {"Type": "SQS", "Properties": batch}


def _by_hand() -> dict:
    """Called by hand: a person looks at the answer and calls again.

    Lambda's own repeats would run it three times behind their back.
    """
    return {
        "Timeout": LONGEST_SECONDS,
        "EventInvokeConfig": {"MaximumRetryAttempts": 0},
    }


def _put_aside(queue: str, tries: int) -> dict:
    """An event whose function has failed so many times ends in a queue, to be sent again.

    The event is there whole, as `requestPayload`.
    """
    letters = {"OnFailure": {"Type": "SQS", "Destination": arn(queue)}}
    return {"MaximumRetryAttempts": tries - 1, "DestinationConfig": letters}


def _schedule(expression: str, missed: str) -> dict:
    """A schedule by the clock of Japan.

    It sends its own time, so that a late run still means its own night.
    """
    properties = {
        "OmitName": True,  # its logical name alone would be one for all stages of an account
        "ScheduleExpression": expression,
        "ScheduleExpressionTimezone": "Asia/Tokyo",
        "Input": '{"time": "<aws.scheduler.scheduled-time>"}',
        "RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 3600},
        "DeadLetterConfig": {"Arn": arn(missed)},
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
    body = (
        '{"type": "/problems/not-found", "title": "見つかりません", '
        '"status": 404, "detail": "アドレスをご確認ください。"}'
    )
    unknown = {"statusCode": "404", "responseTemplates": {"application/json": body}}
    own = {"x-amazon-apigateway-gateway-responses": {"MISSING_AUTHENTICATION_TOKEN": unknown}}
    return {"RestAPI": {"Properties": {"DefinitionBody": own}}}
