"""The composition root: which adapter stands behind which port. Nothing else knows both.

Lazy and kept: importing this reads no environment and makes no client; a warm function finds all as it left
it.
"""

from __future__ import annotations

import os
from functools import cache, partial
from typing import TYPE_CHECKING

from dropforge.edge.settings import (
    DeploymentSettings,
    ImageSettings,
    InferenceSettings,
    TrainingSettings,
    load,
    settings,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dropforge.actions.report_outcome import Reaction
    from dropforge.actions.results import (
        Built,
        Champion,
        Gated,
        Ignored,
        NoChampion,
        Notified,
        Predicted,
        Prepared,
        Published,
        Reported,
        Started,
    )
    from dropforge.domain.events import AlarmChanged, ExecutionEnded, ObjectCreated, PackageChanged
    from dropforge.domain.run import InferenceRun
    from dropforge.ports import RunOnce

PATIENCE = 840.0
"""A function may run for 900 seconds, and has to tell CloudFormation before."""


@cache
def publish_contract() -> Callable[[ObjectCreated], Published | Ignored | Notified]:
    from dropforge.actions.publish_contract import publish_contract as act
    from dropforge.aws.s3 import S3Objects
    from dropforge.aws.sagemaker import ModelRegistry
    from dropforge.aws.sns import Topic
    from dropforge.edge.contract_yaml import load_contract

    given = settings()
    return partial(
        act,
        objects=S3Objects(given.data_bucket),
        registry=ModelRegistry(),
        notifications=Topic(given.topic_arn),
        read_contract=load_contract,
        stack=given.stack,
    )


@cache
def start_training() -> Callable[[ObjectCreated], Started | Ignored]:
    from dropforge.actions.start_training import start_training as act
    from dropforge.aws.s3 import S3Objects
    from dropforge.aws.stepfunctions import StateMachine

    given = load(TrainingSettings, os.environ)
    return partial(
        act,
        objects=S3Objects(given.data_bucket),
        executions=StateMachine(given.training_state_machine_arn),
        stack=given.stack,
    )


@cache
def start_deployment() -> Callable[[PackageChanged], Started | Notified | Ignored]:
    from dropforge.actions.start_deployment import start_deployment as act
    from dropforge.aws.s3 import S3Objects
    from dropforge.aws.sns import Topic
    from dropforge.aws.stepfunctions import StateMachine

    given = load(DeploymentSettings, os.environ)
    return partial(
        act,
        objects=S3Objects(given.data_bucket),
        executions=StateMachine(given.deployment_state_machine_arn),
        notifications=Topic(given.topic_arn),
        stack=given.stack,
    )


@cache
def start_inference() -> Callable[[ObjectCreated], Started | Ignored]:
    from dropforge.actions.start_inference import start_inference as act
    from dropforge.aws.s3 import S3Objects
    from dropforge.aws.sagemaker import SageMakerEndpoints
    from dropforge.aws.stepfunctions import StateMachine

    given = load(InferenceSettings, os.environ)
    return partial(
        act,
        objects=S3Objects(given.data_bucket),
        executions=StateMachine(given.inference_state_machine_arn),
        endpoints=SageMakerEndpoints(),
        stack=given.stack,
    )


@cache
def prepare_batch() -> Callable[[InferenceRun], Prepared]:
    from dropforge.actions.prepare_batch import prepare_batch as act
    from dropforge.aws.s3 import S3Objects

    return partial(act, objects=S3Objects(settings().data_bucket))


@cache
def predict_batch() -> Callable[[InferenceRun, int], Predicted]:
    from dropforge.actions.predict_batch import predict_batch as act
    from dropforge.aws.s3 import S3Objects
    from dropforge.aws.sagemaker_runtime import RuntimePredictor

    return partial(act, objects=S3Objects(settings().data_bucket), predictor=RuntimePredictor())


@cache
def gate_confidence() -> Callable[[InferenceRun, int, int], Gated]:
    from dropforge.actions.gate_confidence import gate_confidence as act
    from dropforge.aws.s3 import S3Objects
    from dropforge.aws.sns import Topic

    given = settings()
    return partial(act, objects=S3Objects(given.data_bucket), notifications=Topic(given.topic_arn))


@cache
def answer_alarm() -> Callable[[AlarmChanged], Started | Notified | Ignored]:
    from dropforge.actions.answer_alarm import answer_alarm as act
    from dropforge.aws.sagemaker import SageMakerEndpoints
    from dropforge.aws.sns import Topic
    from dropforge.aws.stepfunctions import StateMachine

    given = load(DeploymentSettings, os.environ)
    return partial(
        act,
        endpoints=SageMakerEndpoints(),
        executions=StateMachine(given.deployment_state_machine_arn),
        notifications=Topic(given.topic_arn),
        stack=given.stack,
    )


@cache
def find_champion() -> Callable[[str], Champion | NoChampion]:
    from dropforge.actions.find_champion import find_champion as act
    from dropforge.aws.s3 import S3Objects
    from dropforge.aws.sagemaker import SageMakerEndpoints

    given = settings()
    return partial(
        act, endpoints=SageMakerEndpoints(), objects=S3Objects(given.data_bucket), stack=given.stack
    )


@cache
def report_outcome() -> Callable[[ExecutionEnded, RunOnce], Reported]:
    from dropforge.actions.report_outcome import report_outcome as act
    from dropforge.aws.stepfunctions import StateMachineExecutions

    return partial(act, executions=StateMachineExecutions(), reactions=reactions())


def reactions() -> Mapping[str, Reaction]:
    """What follows from the outcome of every execution, in this order.

    A name is how a reaction is remembered as done: it stays when others come before or after it.
    """
    from dropforge.actions.notify_people import notify_people
    from dropforge.aws.sns import Topic

    return {"notify_people": partial(notify_people, notifications=Topic(settings().topic_arn))}


@cache
def build_image() -> Callable[[Mapping[str, bytes]], Built]:
    from time import sleep

    from dropforge.actions.build_image import build_image as act
    from dropforge.aws.codebuild import CodeBuildImages
    from dropforge.aws.s3 import S3Objects

    given = load(ImageSettings, os.environ)
    images = CodeBuildImages(given.build_project, given.image_repository, given.data_bucket)
    return partial(act, objects=S3Objects(given.data_bucket), images=images, sleep=sleep, patience=PATIENCE)
