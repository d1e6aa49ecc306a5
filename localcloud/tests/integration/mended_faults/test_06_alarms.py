"""Fault 6: alarms are judged only when a point comes, tell no event, and have no composites."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from localcloud.tests.integration.localcloud_process import settled
from localcloud.tests.integration.mended_faults.endpoints import queue, received, seen_here_only

if TYPE_CHECKING:
    from localcloud.tests.integration.mended_faults.endpoints import Endpoint


def test_an_alarm_goes_back_to_ok_when_no_data_comes(plain: Endpoint, cloud: Endpoint) -> None:
    """Alarms are judged all the time, not only when a point arrives; each change is an event."""

    def body(endpoint: Endpoint) -> bool:
        watch = endpoint.client("cloudwatch")
        url, arn = queue(endpoint, "alarms")
        events = endpoint.client("events")
        events.put_rule(Name="alarms", EventPattern='{"detail-type": ["CloudWatch Alarm State Change"]}')
        events.put_targets(Rule="alarms", Targets=[{"Id": "1", "Arn": arn}])
        watch.put_metric_alarm(
            AlarmName="milk",
            Namespace="shop",
            MetricName="spilt",
            Statistic="Sum",
            Period=10,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            TreatMissingData="notBreaching",
        )
        watch.put_metric_data(Namespace="shop", MetricData=[{"MetricName": "spilt", "Value": 5}])
        deadline, seen = time.monotonic() + 5, []
        while time.monotonic() < deadline and seen[-2:] != ["ALARM", "OK"]:
            message = received(endpoint, url, 0.2)
            if message:
                seen.append(json.loads(message["Body"])["detail"]["state"]["value"])
                endpoint.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        state = watch.describe_alarms(AlarmNames=["milk"])["MetricAlarms"][0]["StateValue"]
        return seen[-2:] == ["ALARM", "OK"] and state == "OK"

    seen_here_only(body, plain, cloud)


def test_a_template_may_have_composite_alarms(plain: Endpoint, cloud: Endpoint) -> None:
    """AWS::CloudWatch::CompositeAlarm is made, follows its rule, and goes with its stack."""

    def body(endpoint: Endpoint) -> bool:
        formation, watch = endpoint.client("cloudformation"), endpoint.client("cloudwatch")
        try:
            formation.create_stack(StackName="both", TemplateBody=json.dumps(composite_template()))
        except ClientError:
            return False  # an unknown type
        assert settled(formation, "both") == "CREATE_COMPLETE"
        watch.set_alarm_state(AlarmName="both-a", StateValue="ALARM", StateReason="a test asks")
        kinds = ["CompositeAlarm"]
        found = watch.describe_alarms(AlarmNames=["both"], AlarmTypes=kinds)["CompositeAlarms"][0]
        formation.delete_stack(StackName="both")
        settled(formation, "both")
        left = watch.describe_alarms(AlarmNames=["both"], AlarmTypes=kinds)["CompositeAlarms"]
        return found["StateValue"] == "ALARM" and not left

    seen_here_only(body, plain, cloud)


def composite_template() -> dict[str, Any]:
    alarm = {
        "AlarmName": "both-a",
        "Namespace": "shop",
        "MetricName": "none",
        "Statistic": "Sum",
        "Period": 600,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "ignore",
    }
    rule = {"Fn::Sub": "ALARM(${A}) OR FALSE"}
    both = {"AlarmName": "both", "AlarmRule": rule}
    return {
        "Resources": {
            "A": {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm},
            "Both": {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": both},
        }
    }
