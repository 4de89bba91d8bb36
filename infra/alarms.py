"""What wakes a person: log lines that carry `alarm`, runs that fail, a sweep that does not run, and dead letters."""

QUEUES = ("SettleDeadLetters", "MissedRuns", "LostMailEvents")


def alarms(stage: str, functions: tuple[str, ...]) -> dict:
    """A filter on each function's log, an alarm for what they find, for errors and for each queue, all to one topic."""
    filters = {f"{function}Alarms": _filter(stage, function) for function in functions}
    waiting = {
        f"{queue}Waiting": _alarm("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", _queue(queue)) for queue in QUEUES
    }
    failing = {f"{function}Failing": _alarm("AWS/Lambda", "Errors", "Sum", _function(function)) for function in functions}
    look = {"SomebodyHasToLook": _alarm(f"denwaban-{stage}", "Alarms", "Sum", [])}
    return filters | waiting | failing | _told() | look | {"SweepMissing": _missing("Sweep")}


def _missing(function: str) -> dict:
    """A function of every minute that has not been called for five; what is not measured was not called."""
    alarm = _alarm("AWS/Lambda", "Invocations", "Sum", _function(function))
    alarm["Properties"] |= {"ComparisonOperator": "LessThanThreshold", "TreatMissingData": "breaching", "EvaluationPeriods": 5}
    return alarm


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


def _function(name: str) -> list[dict]:
    return [{"Name": "FunctionName", "Value": {"Ref": name}}]


def _told() -> dict:
    """The topic of all alarms; whoever is on duty subscribes to it, by mail if the parameter names an address."""
    by_mail = {"Protocol": "email", "TopicArn": {"Ref": "AlarmTopic"}, "Endpoint": {"Ref": "AlarmMail"}}
    return {
        "AlarmTopic": {"Type": "AWS::SNS::Topic", "Properties": {}},
        "AlarmByMail": {"Type": "AWS::SNS::Subscription", "Condition": "AlarmsByMail", "Properties": by_mail},
    }
