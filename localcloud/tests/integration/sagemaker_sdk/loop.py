"""The loop with AWS's SageMaker SDK 3, as its documentation has it: `python loop.py BUCKET ROLE IMAGE SAW`.

It runs in an environment that has only the SDK, knows nothing of a local cloud, and finds it by
AWS_ENDPOINT_URL. What it saw it writes to SAW.
"""

import json
import sys
from pathlib import Path

from sagemaker.core import resources as sdk
from sagemaker.core import shapes

BUCKET, ROLE, IMAGE, SAW = sys.argv[1:]
NAME = "sdk-loop"
seen = {}


def process():
    source = {"local_path": "/opt/ml/processing/input", "s3_data_type": "S3Prefix", "s3_input_mode": "File"}
    target = {"local_path": "/opt/ml/processing/output", "s3_upload_mode": "EndOfJob"}
    given = shapes.ProcessingS3Input(s3_uri=f"s3://{BUCKET}/drops/words.txt", **source)
    made = shapes.ProcessingS3Output(s3_uri=f"s3://{BUCKET}/train", **target)
    cluster = shapes.ProcessingClusterConfig(
        instance_count=1, instance_type="ml.m5.large", volume_size_in_gb=10
    )
    job = sdk.ProcessingJob.create(
        processing_job_name=NAME,
        role_arn=ROLE,
        processing_resources=shapes.ProcessingResources(cluster_config=cluster),
        app_specification=shapes.AppSpecification(image_uri=IMAGE, container_arguments=["process"]),
        processing_inputs=[shapes.ProcessingInput(input_name="drop", s3_input=given)],
        processing_output_config=shapes.ProcessingOutputConfig(
            outputs=[shapes.ProcessingOutput(output_name="train", s3_output=made)]
        ),
    )
    job.wait(poll=1, timeout=60)
    seen["processing"] = [job.processing_job_status, job.exit_message]
    seen["processing jobs"] = [item.processing_job_name for item in sdk.ProcessingJob.get_all()]


def train():
    source = shapes.S3DataSource(s3_data_type="S3Prefix", s3_uri=f"s3://{BUCKET}/train")
    metric = shapes.MetricDefinition(name="words", regex=r"words: (\d+)")
    job = sdk.TrainingJob.create(
        training_job_name=NAME,
        role_arn=ROLE,
        algorithm_specification=shapes.AlgorithmSpecification(
            training_image=IMAGE, training_input_mode="File", metric_definitions=[metric]
        ),
        input_data_config=[
            shapes.Channel(channel_name="train", data_source=shapes.DataSource(s3_data_source=source))
        ],
        output_data_config=shapes.OutputDataConfig(s3_output_path=f"s3://{BUCKET}/models"),
        resource_config=shapes.ResourceConfig(
            instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=10
        ),
        stopping_condition=shapes.StoppingCondition(max_runtime_in_seconds=60, max_wait_time_in_seconds=60),
        enable_managed_spot_training=True,
    )
    job.wait(poll=1, timeout=60)
    again = sdk.TrainingJob.get(training_job_name=NAME)
    seen["training"] = [job.training_job_status, [item.value for item in again.final_metric_data_list]]
    seen["training jobs"] = [item.training_job_name for item in sdk.TrainingJob.get_all(name_contains="sdk")]
    return again.model_artifacts.s3_model_artifacts


def tune():
    source = shapes.S3DataSource(s3_data_type="S3Prefix", s3_uri=f"s3://{BUCKET}/train")
    metric = shapes.MetricDefinition(name="words", regex=r"words: (\d+)")
    word = shapes.CategoricalParameterRange(name="word", values=["a", "b"])
    job = sdk.HyperParameterTuningJob.create(
        hyper_parameter_tuning_job_name=NAME,
        hyper_parameter_tuning_job_config=shapes.HyperParameterTuningJobConfig(
            strategy="Grid",
            resource_limits=shapes.ResourceLimits(max_parallel_training_jobs=2),
            hyper_parameter_tuning_job_objective=shapes.HyperParameterTuningJobObjective(
                type="Maximize", metric_name="words"
            ),
            parameter_ranges=shapes.ParameterRanges(categorical_parameter_ranges=[word]),
        ),
        training_job_definition=shapes.HyperParameterTrainingJobDefinition(
            role_arn=ROLE,
            algorithm_specification=shapes.HyperParameterAlgorithmSpecification(
                training_image=IMAGE, training_input_mode="File", metric_definitions=[metric]
            ),
            input_data_config=[
                shapes.Channel(channel_name="train", data_source=shapes.DataSource(s3_data_source=source))
            ],
            output_data_config=shapes.OutputDataConfig(s3_output_path=f"s3://{BUCKET}/models"),
            resource_config=shapes.ResourceConfig(
                instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=10
            ),
            stopping_condition=shapes.StoppingCondition(max_runtime_in_seconds=60),
        ),
    )
    job.wait(poll=1, timeout=60)
    trials = list(job.get_all_training_jobs())
    best = job.best_training_job.final_hyper_parameter_tuning_job_objective_metric.value
    seen["tuning"] = [job.hyper_parameter_tuning_job_status, len(trials), best]
    seen["tuning jobs"] = [
        item.hyper_parameter_tuning_job_name for item in sdk.HyperParameterTuningJob.get_all()
    ]
    job.delete()
    for trial in trials:
        sdk.TrainingJob.get(training_job_name=trial.training_job_name).delete()


def register(artifacts):
    group = sdk.ModelPackageGroup.create(model_package_group_name=NAME)
    group.wait_for_status("Completed", poll=1, timeout=10)
    container = shapes.ContainersItem(image=IMAGE, model_data_url=artifacts)
    specification = shapes.InferenceSpecification(
        containers=[container],
        supported_content_types=["text/plain"],
        supported_response_mime_types=["application/json"],
    )
    try:
        sdk.ModelPackage.create(
            model_package_group_name=NAME,
            inference_specification=specification,
            model_approval_status="PendingManualApproval",
        )
    except KeyError as fault:
        # This version of the SDK looks for a member that CreateModelPackage does not answer with, on AWS
        # neither; the package is there all the same.
        seen["fault of the SDK"] = str(fault)
    (package,) = sdk.ModelPackage.get_all(model_package_group_name=NAME)
    package.wait_for_status("Completed", poll=1, timeout=10)
    package.update(model_approval_status="Approved")
    package = sdk.ModelPackage.get(model_package_name=package.model_package_arn)
    seen["package"] = [package.model_package_version, package.model_approval_status]
    listed = sdk.ModelPackage.get_all(model_package_group_name=NAME)
    seen["packages"] = [item.model_package_version for item in listed]
    seen["groups"] = [item.model_package_group_name for item in sdk.ModelPackageGroup.get_all()]
    return group, package


def deploy(package):
    container = shapes.ContainerDefinition(model_package_name=package.model_package_arn)
    model = sdk.Model.create(model_name=NAME, execution_role_arn=ROLE, primary_container=container)
    variant = shapes.ProductionVariant(
        variant_name="AllTraffic", model_name=NAME, initial_instance_count=1, instance_type="ml.m5.large"
    )
    config = sdk.EndpointConfig.create(endpoint_config_name=NAME, production_variants=[variant])
    endpoint = sdk.Endpoint.create(endpoint_name=NAME, endpoint_config_name=NAME)
    endpoint.wait_for_status("InService", poll=1, timeout=60)
    endpoint = sdk.Endpoint.get(endpoint_name=NAME)
    seen["endpoint"] = [endpoint.endpoint_status, endpoint.production_variants[0].current_instance_count]
    for word in ("tree", "cloud"):
        answer = endpoint.invoke(body=word, content_type="text/plain")
        seen[word] = json.loads(answer.body.read())
    seen["models"] = [item.model_name for item in sdk.Model.get_all()]
    seen["configs"] = [item.endpoint_config_name for item in sdk.EndpointConfig.get_all()]
    seen["endpoints"] = [item.endpoint_name for item in sdk.Endpoint.get_all(status_equals="InService")]
    return model, config, endpoint


def clean_up(group, package, model, config, endpoint):
    endpoint.delete()
    endpoint.wait_for_delete(poll=1, timeout=30)
    for resource in (config, model, package, group):
        resource.delete()
    sdk.TrainingJob.get(training_job_name=NAME).delete()
    sdk.ProcessingJob.get(processing_job_name=NAME).delete()
    kinds = (sdk.Endpoint, sdk.EndpointConfig, sdk.Model, sdk.ModelPackageGroup, sdk.TrainingJob)
    seen["left"] = [str(item) for kind in (*kinds, sdk.ProcessingJob) for item in kind.get_all()]


process()
tune()
registered = register(train())
clean_up(*registered, *deploy(registered[1]))
Path(SAW).write_text(json.dumps(seen))
