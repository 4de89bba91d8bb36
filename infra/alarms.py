"""What wakes a person.

That is: log lines that carry `alarm`, runs that fail, a sweep that does not
run, and dead letters.
"""

# Dead-letter queues, and how many letters in one wake somebody. A sweep is made good by the next,
# a minute later.
QUEUES = {
    "SettleDeadLetters": 1,
    "PapersDeadLetters": 1,
    "MissedRuns": 1,
    "LostMailEvents": 1,
    "MissedSweeps": 3,
}


def alarms(stage: str, functions: tuple[str, ...]) -> dict:
    """The alarms of a stage, all to one topic.

    There is a filter on each function's log and an alarm for what the filters
    find, an alarm for each function's errors, and one for each queue.
    """
    resources = _topic()
    for function in functions:
        resources[f"{function}Alarms"] = _filter(stage, function)
        resources[f"{function}Failing"] = _failing(function)
    for queue, letters in QUEUES.items():
        resources[f"{queue}Waiting"] = _waiting(queue, letters)
    resources["SomebodyHasToLook"] = _alarm(f"denwaban-{stage}", "Alarms", "Sum", [])
    resources["SweepMissing"] = _missing("Sweep")
    return resources


def _waiting(queue: str, letters: int) -> dict:
    dimensions = [{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}}]
    metric = "ApproximateNumberOfMessagesVisible"
    return _alarm("AWS/SQS", metric, "Maximum", dimensions, Threshold=letters)


def _failing(function: str) -> dict:
    """One run that raises is enough.

    Of the sweep, which runs again at once, it takes three of five minutes.
    """
    patience = {"EvaluationPeriods": 5, "DatapointsToAlarm": 3} if function == "Sweep" else {}
    return _alarm("AWS/Lambda", "Errors", "Sum", _function(function), **patience)


def _missing(function: str) -> dict:
    """A function of every minute that has not been called for five.

    What is not measured was not called.
    """
    silent = {
        "ComparisonOperator": "LessThanThreshold",
        "TreatMissingData": "breaching",
        "EvaluationPeriods": 5,
    }
    return _alarm("AWS/Lambda", "Invocations", "Sum", _function(function), **silent)


def _filter(stage: str, function: str) -> dict:
    count = {"MetricName": "Alarms", "MetricNamespace": f"denwaban-{stage}", "MetricValue": "1"}
    properties = {
        "LogGroupName": {"Ref": f"{function}Log"},
        "FilterPattern": '{ $.alarm = "*" }',
        "MetricTransformations": [count],
    }
    return {"Type": "AWS::Logs::MetricFilter", "Properties": properties}


def _alarm(
    namespace: str, metric: str, statistic: str, dimensions: list[dict], **exceptions: object
) -> dict:
    """One is enough, within a minute; a quiet minute is a good one.

    `exceptions` are the properties of an alarm for which that does not hold.
    """
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
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties | exceptions}


def _function(name: str) -> list[dict]:
    return [{"Name": "FunctionName", "Value": {"Ref": name}}]


def _topic() -> dict:
    """The topic of all alarms.

    Whoever is on duty subscribes to it, by mail if the parameter names an address.
    """
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
