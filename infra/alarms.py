"""What wakes a person: log lines that carry `alarm`, runs that fail, a sweep that does not run, and dead letters."""

# Dead-letter queues, and how many letters in one wake somebody. A sweep is made good by the next, a minute later.
QUEUES = {"SettleDeadLetters": 1, "MissedRuns": 1, "LostMailEvents": 1, "MissedSweeps": 3}


def alarms(stage: str, functions: tuple[str, ...]) -> dict:
    """A filter on each function's log, an alarm for what they find, for errors and for each queue, all to one topic."""
    filters = {f"{function}Alarms": _filter(stage, function) for function in functions}
    waiting = {f"{queue}Waiting": _waiting(queue, letters) for queue, letters in QUEUES.items()}
    failing = {f"{function}Failing": _failing(function) for function in functions}
    look = {"SomebodyHasToLook": _alarm(f"denwaban-{stage}", "Alarms", "Sum", [])}
    return filters | waiting | failing | _told() | look | {"SweepMissing": _missing("Sweep")}


def _waiting(queue: str, letters: int) -> dict:
    dimensions = [{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}}]
    return _alarm(
        "AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", dimensions, Threshold=letters
    )


def _failing(function: str) -> dict:
    """One run that raises is enough; of the sweep, which runs again at once, it takes three of five minutes."""
    patience = {"EvaluationPeriods": 5, "DatapointsToAlarm": 3} if function == "Sweep" else {}
    return _alarm("AWS/Lambda", "Errors", "Sum", _function(function), **patience)


def _missing(function: str) -> dict:
    """A function of every minute that has not been called for five; what is not measured was not called."""
    silent = {
        "ComparisonOperator": "LessThanThreshold",
        "TreatMissingData": "breaching",
        "EvaluationPeriods": 5,
    }
    return _alarm("AWS/Lambda", "Invocations", "Sum", _function(function), **silent)


def _filter(stage: str, function: str) -> dict:
    counted = {"MetricName": "Alarms", "MetricNamespace": f"denwaban-{stage}", "MetricValue": "1"}
    properties = {
        "LogGroupName": {"Ref": f"{function}Log"},
        "FilterPattern": '{ $.alarm = "*" }',
        "MetricTransformations": [counted],
    }
    return {"Type": "AWS::Logs::MetricFilter", "Properties": properties}


def _alarm(
    namespace: str, metric: str, statistic: str, dimensions: list[dict], **otherwise: object
) -> dict:
    """One is enough, within a minute; a quiet minute is a good one. `otherwise` says where that does not hold."""
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
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties | otherwise}


def _function(name: str) -> list[dict]:
    return [{"Name": "FunctionName", "Value": {"Ref": name}}]


def _told() -> dict:
    """The topic of all alarms; whoever is on duty subscribes to it, by mail if the parameter names an address."""
    by_mail = {
        "Protocol": "email",
        "TopicArn": {"Ref": "AlarmTopic"},
        "Endpoint": {"Ref": "AlarmMail"},
    }
    return {
        "AlarmTopic": {"Type": "AWS::SNS::Topic", "Properties": {}},
        "AlarmByMail": {
            "Type": "AWS::SNS::Subscription",
            "Condition": "AlarmsByMail",
            "Properties": by_mail,
        },
    }
