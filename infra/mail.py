"""The mail: what SES is to tell of it, and who may hand its events on."""

from infra.stores import arn

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


def mail_resources(stage: str) -> dict:
    """The mail's configuration set, and the topic to which SES tells what became of each mail.

    Our own ledger decides who is sent to: SES's account-wide suppression would
    drop a later test mail in silence.
    """
    properties = {"Name": f"denwaban-{stage}", "SuppressionOptions": {"SuppressedReasons": []}}
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
            arn("LostMailEvents"),
        ),
        "MailTold": _events_of_mail(),
    }


def _events_of_mail() -> dict:
    destination = {
        "Enabled": True,
        "MatchingEventTypes": list(EVENTS),
        "SnsDestination": {"TopicARN": {"Ref": "MailTopic"}},
    }
    properties = {"ConfigurationSetName": {"Ref": "MailSet"}, "EventDestination": destination}
    return {
        "Type": "AWS::SES::ConfigurationSetEventDestination",
        "DependsOn": "MailTopicPolicy",
        "Properties": properties,
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
