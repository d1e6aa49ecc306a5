"""Putting a contract into the bucket, and seeing it come into force.

A contract is in force when publish_contract has written its normalised form beside it; a refused one leaves
the last valid one there, so what is compared is that the form is this text's.
"""

import time
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import ClientError

from cli.aws_errors import code_of
from cli.errors import Refused
from cli.files import read_bytes
from cli.place import Place
from cli.waiting import Progress, pause
from dropforge.domain import keys
from dropforge.domain.contract import contract_from_json
from dropforge.edge.contract_yaml import load_contract


@dataclass(frozen=True)
class Published:
    """A contract that was put."""

    usecase: str
    address: str
    text: bytes


def publish(place: Place, usecase: str, text: bytes) -> Published:
    """Put the contract where the cloud takes it up."""
    key = keys.contract_source(usecase)
    place.client("s3").put_object(Bucket=place.bucket, Key=key, Body=text, ContentType="application/yaml")
    return Published(usecase, f"s3://{place.bucket}/{key}", text)


def put_script(place: Place, usecase: str, script: Path) -> None:
    """Put a training script where each run takes its copy from."""
    key = keys.script(usecase, script.name)
    place.client("s3").put_object(Bucket=place.bucket, Key=key, Body=read_bytes(script))


def wait_until_in_force(place: Place, published: Published, timeout: float) -> str:
    """Wait for the normalised form and the model package group; the answer is the group's name."""
    progress = Progress(f"contract of {published.usecase}")
    deadline = time.monotonic() + timeout
    while not (is_in_force(place, published) and has_group(place, published.usecase)):
        progress.show("waiting for it to come into force")
        if time.monotonic() > deadline:
            raise Refused(
                f"the contract of {published.usecase} did not come into force within {timeout:.0f} s; "
                "`./dropforge logs --function PublishContract` says why"
            )
        pause(place)
    progress.done()
    return place.named(published.usecase)


def is_in_force(place: Place, published: Published) -> bool:
    """True when what the cloud holds is what was put."""
    s3 = place.client("s3")
    try:
        found = s3.get_object(Bucket=place.bucket, Key=keys.published_contract(published.usecase))
    except s3.exceptions.NoSuchKey:
        return False
    return contract_from_json(found["Body"].read().decode()) == load_contract(published.text)


def has_group(place: Place, usecase: str) -> bool:
    """True when the use case's model package group exists."""
    try:
        place.client("sagemaker").describe_model_package_group(ModelPackageGroupName=place.named(usecase))
    except ClientError as fault:
        if code_of(fault) in ("ValidationException", "ResourceNotFound"):
            return False
        raise
    return True
