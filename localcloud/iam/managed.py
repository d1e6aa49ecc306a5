"""AWS-managed policies that applications attach to roles. One that is not here allows nothing."""

from __future__ import annotations

from typing import Any

_LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
_XRAY = [
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:GetSamplingStatisticSummaries",
]
_QUEUE = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
_STREAMS = [
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
]
_KINESIS = ["kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords"]
_KINESIS += [
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
    "kinesis:ListStreams",
    "kinesis:SubscribeToShard",
]
_NETWORK = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"]
_NETWORK += ["ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"]

_ACTIONS: dict[str, list[str]] = {
    "AdministratorAccess": ["*"],
    "AmazonS3FullAccess": ["s3:*", "s3-object-lambda:*"],
    "AmazonS3ReadOnlyAccess": ["s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*"],
    "AmazonSQSFullAccess": ["sqs:*"],
    "AmazonSNSFullAccess": ["sns:*"],
    "AmazonDynamoDBFullAccess": ["dynamodb:*"],
    "AWSStepFunctionsFullAccess": ["states:*"],
    "AWSLambda_FullAccess": ["lambda:*"],
    "CloudWatchFullAccess": ["cloudwatch:*", "logs:*", "sns:*"],
    "CloudWatchLogsFullAccess": ["logs:*", "cloudwatch:GenerateQuery"],
    "AWSXRayDaemonWriteAccess": _XRAY,
    "AWSXrayWriteOnlyAccess": _XRAY,
    "service-role/AWSLambdaBasicExecutionRole": _LOGS,
    "service-role/AWSLambdaSQSQueueExecutionRole": _QUEUE + _LOGS,
    "service-role/AWSLambdaDynamoDBExecutionRole": _STREAMS + _LOGS,
    "service-role/AWSLambdaKinesisExecutionRole": _KINESIS + _LOGS,
    "service-role/AWSLambdaVPCAccessExecutionRole": _LOGS + _NETWORK,
    "service-role/AWSLambdaRole": ["lambda:InvokeFunction"],
}
_PREFIX = "arn:aws:iam::aws:policy/"


def document(arn: str) -> dict[str, Any] | None:
    actions = _ACTIONS.get(arn.removeprefix(_PREFIX)) if arn.startswith(_PREFIX) else None
    if actions is None:
        return None
    return {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "Managed", "Effect": "Allow", "Action": actions, "Resource": "*"}],
    }
