"""What fails is kept and wakes somebody.

The tests read the template as CloudFormation has it, by what points where, not by names.
"""

import json
import re
from collections.abc import Iterator

import pytest

pytestmark = [pytest.mark.package, pytest.mark.xdist_group("package")]

FUNCTION = "AWS::Lambda::Function"
QUEUE = "AWS::SQS::Queue"
ALARM = "AWS::CloudWatch::Alarm"
SCHEDULE = "AWS::Scheduler::Schedule"
SUBSCRIPTION = "AWS::SNS::Subscription"
HANDS_OVER = {SCHEDULE, SUBSCRIPTION}  # and never hears how the function fared
WAITS = {"AWS::ApiGateway::RestApi", "AWS::Lambda::EventSourceMapping"}
SPEAKS_OF = {
    ALARM,
    "AWS::IAM::Role",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
}


class Stack:
    """The resources, by kind and by what they name."""

    def __init__(self, template: dict):
        self.resources = template["Resources"]

    def of(self, kind: str) -> dict[str, dict]:
        resources = self.resources.items()
        return {name: each["Properties"] for name, each in resources if each["Type"] == kind}

    def naming(self, name: str) -> list[str]:
        """The kinds of all that name a resource."""
        resources = self.resources.values()
        return [each["Type"] for each in resources if name in set(_names_in(each))]

    def handed_events(self) -> list[str]:
        """Functions that are called by what does not wait for them."""
        return [name for name in self.of(FUNCTION) if HANDS_OVER & {*self.naming(name)}]

    def put_aside(self, function: str) -> dict:
        """The EventInvokeConfig of a function."""
        configs = self.of("AWS::Lambda::EventInvokeConfig").values()
        (config,) = [each for each in configs if each["FunctionName"] == {"Ref": function}]
        return config

    def alarms(self, metric: str, dimension: str, value: dict) -> list[dict]:
        dimensions = [{"Name": dimension, "Value": value}]
        same_metric = [each for each in self.of(ALARM).values() if each["MetricName"] == metric]
        return [each for each in same_metric if each["Dimensions"] == dimensions]

    def may_send_to(self, role: dict) -> list[dict]:
        """The queues that a role, given by its Arn, is allowed to send to."""
        policies = self.of("AWS::IAM::Role")[_arn_of(role)]["Policies"]
        statements = [each for policy in policies for each in policy["PolicyDocument"]["Statement"]]
        return [each["Resource"] for each in statements if _lets_send(each)]


def _lets_send(statement: dict) -> bool:
    return "sqs:SendMessage" in statement["Action"] and statement["Effect"] == "Allow"


def _names_in(part) -> Iterator[str]:
    """Every resource that a part of the template names, however deep."""
    if isinstance(part, dict):
        for key, value in part.items():
            yield from _names_under(key, value)
            yield from _names_in(value)
    elif isinstance(part, list):
        for each in part:
            yield from _names_in(each)


def _names_under(key: str, value) -> Iterator[str]:
    if key == "Ref":
        yield value
    elif key == "Fn::GetAtt":
        yield value.split(".")[0] if isinstance(value, str) else value[0]
    elif key == "Fn::Sub":
        yield from re.findall(r"\$\{(\w+)", json.dumps(value))


def _arn_of(value: dict) -> str:
    name, attribute = value["Fn::GetAtt"]
    assert attribute == "Arn"
    return name


@pytest.fixture(scope="module")
def stack(transformed) -> Stack:
    return Stack(transformed)


def dead_letter_queues(stack: Stack) -> set[str]:
    """Wherever something is put aside: by a queue, a topic, a schedule, or Lambda itself."""
    sources = [*stack.of(QUEUE).values(), *stack.of(SUBSCRIPTION).values()]
    arns = _dead_letters_of(sources)
    arns += [each["Target"]["DeadLetterConfig"]["Arn"] for each in stack.of(SCHEDULE).values()]
    arns += [_destination(stack, function) for function in stack.handed_events()]
    return {_arn_of(arn) for arn in arns}


def _dead_letters_of(sources: list[dict]) -> list[dict]:
    policies = [each["RedrivePolicy"] for each in sources if "RedrivePolicy" in each]
    return [policy["deadLetterTargetArn"] for policy in policies]


def _destination(stack: Stack, function: str) -> dict:
    return stack.put_aside(function)["DestinationConfig"]["OnFailure"]["Destination"]


def test_it_is_known_of_everything_that_calls_a_function_whether_it_waits(stack):
    kinds = {kind for name in stack.of(FUNCTION) for kind in stack.naming(name)}
    assert kinds == HANDS_OVER | WAITS | SPEAKS_OF
    assert set(stack.handed_events()) == {"Nightly", "Close", "Books", "Sweep", "MailEvents"}


def test_an_event_that_was_handed_over_is_put_aside_where_the_function_fails(stack):
    for name in stack.handed_events():
        destination = _destination(stack, name)
        assert _arn_of(destination) in stack.of(QUEUE)
        assert destination in stack.may_send_to(stack.of(FUNCTION)[name]["Role"])
        # Schedules and topics call the latest version.
        assert stack.put_aside(name)["Qualifier"] == "$LATEST"


def test_a_sweep_is_not_tried_again_nor_kept_waiting_for_the_next_is_due(stack):
    sweep, night = stack.put_aside("Sweep"), stack.put_aside("Nightly")
    assert (sweep["MaximumRetryAttempts"], sweep["MaximumEventAgeInSeconds"]) == (0, 60)
    assert night["MaximumRetryAttempts"] == 2
    assert "MaximumEventAgeInSeconds" not in night


def test_what_cannot_even_be_handed_over_is_put_aside_and_may_be(stack):
    for schedule in stack.of(SCHEDULE).values():
        target = schedule["Target"]
        assert target["DeadLetterConfig"]["Arn"] in stack.may_send_to(target["RoleArn"])
    lost = _dead_letters_of([*stack.of(SUBSCRIPTION).values()])
    policies = stack.of("AWS::SQS::QueuePolicy").values()
    statements = [each for policy in policies for each in policy["PolicyDocument"]["Statement"]]
    topics = {"Service": "sns.amazonaws.com"}
    allowed = [each["Resource"] for each in statements if each["Principal"] == topics]
    assert lost == allowed == [{"Fn::GetAtt": ["LostMailEvents", "Arn"]}]


def test_every_dead_letter_queue_has_an_alarm(stack):
    queues = dead_letter_queues(stack)
    assert queues == stack.of(QUEUE).keys() - {"SettleQueue", "PapersQueue"}
    for name in queues:
        dimension = {"Fn::GetAtt": [name, "QueueName"]}
        (alarm,) = stack.alarms("ApproximateNumberOfMessagesVisible", "QueueName", dimension)
        assert alarm["Namespace"] == "AWS/SQS"
        assert alarm["Statistic"] == "Maximum"
        assert alarm["Threshold"] == (3 if name == "MissedSweeps" else 1)


def test_sweeps_that_failed_hide_no_night_and_are_forgotten_with_their_alarm(stack):
    """An alarm that is on already tells of nothing more.

    What comes every minute needs a queue of its own that empties itself.
    """
    assert _arn_of(_destination(stack, "Sweep")) == "MissedSweeps"
    assert _arn_of(_destination(stack, "Nightly")) != "MissedSweeps"
    queues = stack.of(QUEUE)
    seconds = {name: queues[name]["MessageRetentionPeriod"] for name in dead_letter_queues(stack)}
    assert seconds.pop("MissedSweeps") == 3600
    assert set(seconds.values()) == {14 * 24 * 3600}


def test_every_function_that_raises_has_an_alarm_and_a_blip_of_the_sweep_has_none(stack):
    for name in stack.of(FUNCTION):
        (alarm,) = stack.alarms("Errors", "FunctionName", {"Ref": name})
        assert alarm["Namespace"] == "AWS/Lambda"
        assert alarm["Statistic"] == "Sum"
        assert (alarm["Period"], alarm["Threshold"]) == (60, 1)
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
        assert alarm["TreatMissingData"] == "notBreaching"
        of_periods = alarm["EvaluationPeriods"]
        periods = alarm.get("DatapointsToAlarm", of_periods)
        assert (periods, of_periods) == ((3, 5) if name == "Sweep" else (1, 1))


def test_what_runs_every_minute_has_an_alarm_for_not_running(stack):
    schedules = stack.of(SCHEDULE).values()
    targets = [
        each["Target"]["Arn"]
        for each in schedules
        if each["ScheduleExpression"] == "rate(1 minute)"
    ]
    every_minute = [_arn_of(target) for target in targets]
    assert every_minute == ["Sweep"]
    for function in every_minute:
        (alarm,) = stack.alarms("Invocations", "FunctionName", {"Ref": function})
        assert alarm["Namespace"] == "AWS/Lambda"
        assert alarm["Statistic"] == "Sum"
        assert (alarm["Period"], alarm["EvaluationPeriods"]) == (60, 5)
        assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
        assert alarm["TreatMissingData"] == "breaching"


def test_the_log_of_every_function_is_read_for_alarms(stack):
    groups = stack.of("AWS::Logs::LogGroup").items()
    logs = {each["LogGroupName"]["Fn::Sub"]: name for name, each in groups}
    metric_filters = stack.of("AWS::Logs::MetricFilter").values()
    filters = {each["LogGroupName"]["Ref"]: each for each in metric_filters}
    (look,) = [each for each in stack.of(ALARM).values() if each["MetricName"] == "Alarms"]
    for name in stack.of(FUNCTION):
        log_filter = filters.pop(logs[f"/aws/lambda/${{{name}}}"])
        assert log_filter["FilterPattern"] == '{ $.alarm = "*" }'
        (metric,) = log_filter["MetricTransformations"]
        assert metric["MetricNamespace"] == look["Namespace"]
        assert metric["MetricName"] == look["MetricName"]
    assert not filters
    assert look["Dimensions"] == []


def test_every_alarm_tells_the_one_topic_to_which_people_subscribe(stack):
    for alarm in stack.of(ALARM).values():
        assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]
        assert alarm.get("ActionsEnabled", True)
    subscriptions = stack.of(SUBSCRIPTION).values()
    to_topic = [each for each in subscriptions if each["TopicArn"] == {"Ref": "AlarmTopic"}]
    assert "AlarmTopic" in stack.of("AWS::SNS::Topic")
    assert [each["Protocol"] for each in to_topic] == ["email"]
