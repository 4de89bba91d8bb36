"""What wakes a person: log lines that carry `alarm`, and letters that nobody could deliver to a function."""

QUEUES = ("SettleDeadLetters", "MissedRuns", "LostMailEvents")


def alarms(stage: str, functions: tuple[str, ...]) -> dict:
    """A filter on each function's log, an alarm for what they find and one for each dead-letter queue, all to one topic."""
    filters = {f"{function}Alarms": _filter(stage, function) for function in functions}
    waiting = {
        f"{queue}Waiting": _alarm("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", _queue(queue)) for queue in QUEUES
    }
    return filters | waiting | _told() | {"SomebodyHasToLook": _alarm(f"denwaban-{stage}", "Alarms", "Sum", [])}


def _filter(stage: str, function: str) -> dict:
    counted = {"MetricName": "Alarms", "MetricNamespace": f"denwaban-{stage}", "MetricValue": "1"}
    properties = {
        "LogGroupName": {"Ref": f"{function}Log"},
        "FilterPattern": '{ $.alarm = "*" }',
        "MetricTransformations": [counted],
    }
    return {"Type": "AWS::Logs::MetricFilter", "Properties": properties}


def _alarm(namespace: str, metric: str, statistic: str, dimensions: list[dict]) -> dict:
    """One is enough, within a minute; a quiet minute is a good one."""
    properties = {
        "Namespace": namespace,
        "MetricName": metric,
        "Dimensions": dimensions,
        "Statistic": statistic,
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": [{"Ref": "AlarmTopic"}],
    }
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}


def _queue(name: str) -> list[dict]:
    return [{"Name": "QueueName", "Value": {"Fn::GetAtt": [name, "QueueName"]}}]


def _told() -> dict:
    """The topic of all alarms; whoever is on duty subscribes to it, by mail if the parameter names an address."""
    by_mail = {"Protocol": "email", "TopicArn": {"Ref": "AlarmTopic"}, "Endpoint": {"Ref": "AlarmMail"}}
    return {
        "AlarmTopic": {"Type": "AWS::SNS::Topic", "Properties": {}},
        "AlarmByMail": {"Type": "AWS::SNS::Subscription", "Condition": "AlarmsByMail", "Properties": by_mail},
    }
