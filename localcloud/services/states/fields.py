"""Which fields the Amazon States Language allows where. Data only; the rules that read it are in
`validate`."""

from __future__ import annotations

EVERYWHERE = {"Type", "Comment", "QueryLanguage"}
_NEXT = {"Next", "End"}
_IN_OUT = {"InputPath", "OutputPath", "Output"}
_FAULTS = {"Retry", "Catch"}
_RESULT = {"ResultSelector", "ResultPath"}
_TIMES = {"TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath"}

FIELDS: dict[str, set[str]] = {
    "Task": _NEXT
    | _IN_OUT
    | _FAULTS
    | _RESULT
    | _TIMES
    | {"Resource", "Arguments", "Parameters", "Credentials", "Assign"},
    "Pass": _NEXT | _IN_OUT | {"Result", "Parameters", "ResultPath", "Assign"},
    "Wait": _NEXT | _IN_OUT | {"Seconds", "Timestamp", "SecondsPath", "TimestampPath", "Assign"},
    "Choice": _IN_OUT | {"Choices", "Default", "Assign"},
    "Succeed": _IN_OUT,
    "Fail": {"Error", "Cause", "ErrorPath", "CausePath"},
    "Parallel": _NEXT | _IN_OUT | _FAULTS | _RESULT | {"Branches", "Arguments", "Parameters", "Assign"},
    "Map": _NEXT
    | _IN_OUT
    | _FAULTS
    | _RESULT
    | {
        "ItemProcessor",
        "Iterator",
        "Items",
        "ItemsPath",
        "ItemSelector",
        "ItemReader",
        "ItemBatcher",
        "ResultWriter",
        "MaxConcurrency",
        "MaxConcurrencyPath",
        "ToleratedFailurePercentage",
        "ToleratedFailurePercentagePath",
        "ToleratedFailureCount",
        "ToleratedFailureCountPath",
        "Label",
        "Parameters",
        "Assign",
    },
}
MACHINE = {"Comment", "QueryLanguage", "StartAt", "States", "TimeoutSeconds", "Version", "ProcessorConfig"}

JSONPATH_ONLY = {
    "InputPath",
    "OutputPath",
    "Parameters",
    "ResultSelector",
    "ResultPath",
    "Result",
    "ItemsPath",
    "SecondsPath",
    "TimestampPath",
    "TimeoutSecondsPath",
    "HeartbeatSecondsPath",
    "ErrorPath",
    "CausePath",
    "MaxConcurrencyPath",
    "ToleratedFailurePercentagePath",
    "ToleratedFailureCountPath",
}
JSONATA_ONLY = {"Arguments", "Output", "Items"}

RETRY = {
    "ErrorEquals",
    "IntervalSeconds",
    "MaxAttempts",
    "BackoffRate",
    "MaxDelaySeconds",
    "JitterStrategy",
    "Comment",
}
CATCH = {"ErrorEquals", "Next", "ResultPath", "Output", "Assign", "Comment"}

# Where no Next and no End is right, and where exactly one of them must be.
ENDS = {"Succeed", "Fail"}
GOES_ON = {"Task", "Pass", "Wait", "Parallel", "Map"}

# Reserved error names; others beginning with "States." do not exist.
ERRORS = {
    "ALL",
    "TaskFailed",
    "Timeout",
    "HeartbeatTimeout",
    "Permissions",
    "ResultPathMatchFailure",
    "ParameterPathFailure",
    "BranchFailed",
    "NoChoiceMatched",
    "IntrinsicFailure",
    "ItemReaderFailed",
    "ResultWriterFailed",
    "ExceedToleratedFailureThreshold",
    "DataLimitExceeded",
    "Runtime",
    "QueryEvaluationError",
}
