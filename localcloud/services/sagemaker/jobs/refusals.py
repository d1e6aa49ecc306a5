"""What all kinds of jobs say when they cannot."""

from __future__ import annotations

from localcloud.api.errors import ApiError

CLOUD_STOPPED = (
    "InternalServerError: the local cloud was stopped while this job ran. Please start the job again."
)


def job_exists(arn: str) -> ApiError:
    message = (
        f"Job name must be unique within an AWS account and region, "
        f"and a job with this name already exists ({arn})"
    )
    return ApiError("ResourceInUse", message)


def job_not_over(arn: str, status: str) -> ApiError:
    message = f"The job {arn} is in status {status}; only a job that has ended can be deleted."
    return ApiError("ResourceInUse", message)


def job_over(kind: str, status: str) -> ApiError:
    return ApiError(
        "ValidationException", f"The request was rejected because the {kind} job is in status {status}."
    )
