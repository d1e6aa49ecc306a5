"""Every name of MiniStack that the adapter uses, and the check that it is there.

A name here is private to MiniStack: a new release may rename it, and then the local cloud must say so at
start rather than fail in the middle of somebody's run. Parameters are checked too, because a hook is called
by MiniStack itself.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import inspect

from localcloud.errors import HookMissing

# module -> {name: parameters that must exist, or None for a value}
HOOKS: dict[str, dict[str, tuple[str, ...] | None]] = {
    "ministack.app": {
        "app": ("scope", "receive", "send"),
        "_get_module": ("name",),
        "_state_map": None,
        "_extract_s3_vhost_bucket": ("host",),
        "_routing_params": ("method", "path", "headers", "body", "query_params"),
        "SERVICE_HANDLERS": None,
        "SERVICE_REGISTRY": None,
    },
    "ministack.core.arn": {"ArnParseError": None, "parse_arn": ("value",)},
    "ministack.core.responses:AccountScopedDict": {"_data": None},
    "ministack.core.responses:AccountRegionScopedDict": {"_data": None},
    "ministack.core.router": {
        "detect_service": ("method", "path", "headers", "query_params"),
        "extract_access_key_id": ("headers", "query_params"),
    },
    "ministack.core.iam_actions": {
        "SERVICE_TO_IAM_NAMESPACE": None,
        "access_denied_response": ("service", "action", "principal_arn", "request_id", "headers"),
        "dynamodb_resource_arns": ("body", "region", "account_id"),
        "eventbridge_resource_arns": ("body", "region", "account_id"),
        "extract_iam_action": ("service", "method", "path", "headers", "body", "query_params"),
        "extract_resource_arn": ("service", "method", "path", "headers", "body", "query_params"),
        "request_tag_context": ("service", "iam_action", "body", "params"),
        "s3_additional_checks": ("method", "path", "headers", "body", "query_params"),
        "unsigned_operations": ("service",),
    },
    "ministack.core.iam_evaluator": {
        "CredentialResolutionError": None,
        "_resolve_managed_policy_document": ("policy_arn", "account_id"),
        "_resource_policy": ("service", "resource_arn"),
        "resolve_credential": ("access_key_id", "account_id", "session_token"),
    },
    "ministack.services.iam": {
        "_group_inline_policies": None,
        "_groups": None,
        "_roles": None,
        "_user_inline_policies": None,
        "_users": None,
    },
    "ministack.services.sts": {"_sessions": None, "register_session": ("access_key", "session")},
    "ministack.services.kms": {"_resolve_key": ("key_id_or_arn",)},
    "ministack.services.tagging": {"resource_tags": ("arn",)},
    "ministack.core.responses": {
        "AccountRegionScopedDict": None,
        "AccountScopedDict": None,
        "request_scope": ("account_id", "region"),
        "get_account_id": (),
        "get_region": (),
        "StreamingResponse": ("runner",),
    },
    "ministack.core.lambda_runtime": {
        "ProvidedWorker": ("func_name", "config", "code_zip"),
        "_worker_class_for": ("config",),
        "_PROVIDED_LOG_MAX_LINES": None,
        "execution_credentials": ("config",),
        "invalidate_worker": ("func_name", "qualifier", "account", "region"),
        "reset": (),
    },
    "ministack.core.lambda_runtime:ProvidedWorker": {
        "_spawn": ("self", "init_timeout"),
        "_await_init": ("self", "init_timeout"),
        "_teardown": ("self",),
        "_build_handler_class": ("self", "generation", "pending"),
        "_drain_stderr": ("self",),
        "_drain_stderr_bounded": ("self",),
        "_current_request_id": None,
        "_first_poll": None,
        "_generation": None,
        "_init_error": None,
        "_init_settled": None,
        "_log_thread": None,
        "_pending": None,
        "_proc": None,
        "_response_ready": None,
        "_result": None,
        "_server": None,
        "_server_thread": None,
        "_state_lock": None,
        "_stopping": None,
        "invoke": ("self", "event", "request_id", "trace_id", "invoked_function_arn"),
    },
    "ministack.services.lambda_svc": {
        "_execute_function_warm": ("func", "event", "request_id"),
        "_execute_function_provided_warm": ("func", "event", "request_id"),
        "_execution_record_for_config": ("func", "config"),
        "_execute_function_dispatch": ("func", "config", "event", "request_id", "started"),
        "_get_func_record_for_ref": ("function_ref",),
        "_resolve_layer_zip": ("attachment",),
        "_runtime_env_vars": ("config",),
        "invoke_async_with_retry": ("func", "event"),
        "_functions": None,
        "_acquire_execution_slot": ("func", "config"),
        "_emit_lambda_metrics": ("function_name", "duration_ms", "error", "throttle"),
        "_release_execution_slot": ("key",),
    },
    "ministack.services.eventbridge": {
        "_put_events": ("data", "allow_aws_source"),
        "json_response": (),
        "_dispatch_event": ("event", "view"),
        "_invoke_target": ("target", "event", "rule", "view"),
        "_apply_input_transformer": ("transformer", "rule", "view"),
        "_dispatch_to_event_bus": ("spec", "event", "rule", "event_path", "target_input_payload"),
        "_dispatch_to_sqs": ("spec", "payload", "sqs_parameters"),
        "_resolve_http_parameters": ("parameters", "event"),
        "_target_matches_request_scope": ("spec",),
        "_pattern_event_view": ("event",),
        "_parse_rate_seconds": ("expr",),
        "_SCHEDULER_TICK_INTERVAL": None,
        "_api_destinations": None,
        "_connections": None,
        "_build_api_destination_request": ("dest", "conn", "target_http_params", "payload"),
        "_api_destination_send_sync": ("request", "auth_headers"),
        "_connection_auth_headers": ("conn", "token_key"),
    },
    "ministack.services.sqs": {
        "_queues": None,
        "_queue_by_arn": ("arn",),
        "_act_send_message": ("data", "qurl"),
        "queue_policy_allows": ("queue_arn", "service", "source_arn", "source_account"),
    },
    "ministack.services.sns": {
        "_topics": None,
        "_build_envelope": ("topic_arn", "msg_id", "message", "subject", "message_attributes", "raw"),
        "_deliver_to_http": ("endpoint", "payload"),
        "_deliver_to_lambda": ("endpoint", "envelope", "topic_arn"),
        "_deliver_to_sqs": ("endpoint", "envelope", "raw", "raw_message", "topic_arn"),
        "_fanout": ("topic_arn", "msg_id", "message", "subject", "message_structure", "message_attributes"),
        "_matches_filter_policy": ("sub", "message_attributes", "message"),
        "_resolve_message_for_protocol": ("message", "message_structure", "protocol"),
        "publish_internal": ("topic_arn", "message", "subject"),
        "SnsPublishError": None,
        "_topic_by_arn_any_scope": ("topic_arn",),
        "topic_policy_allows": ("topic_arn", "service", "source_arn", "source_account"),
    },
    "ministack.services.scheduler": {"_SCHEDULE_TICK_INTERVAL": None},
    "ministack.services.cloudwatch_logs": {
        "_compile_filter_pattern": ("raw",),
        "_decode_token": ("token",),
        "_describe_log_streams": ("data",),
        "_encode_token": ("offset",),
        "_get_log_events": ("data",),
        "_log_events_lock": None,
        "_log_groups": None,
        "_resolve_log_group_name": ("data",),
        "error_response_json": (),
        "json_response": (),
    },
    "ministack.core.concurrency": {"esm_wake": None, "run_reentrant": ("fn", "thread_name")},
    "ministack.services.dynamodb": {
        "_sse_description_from_spec": ("spec",),
        "_tables": None,
        "_update_ttl": ("data",),
    },
    "ministack.services.s3": {
        "_bucket_encryption": None,
        "_buckets": None,
        "_fire_s3_event": ("bucket_name", "key", "event_name", "version_id"),
        "_bucket_notifications": None,
        "_next_event_sequencer": ("event_name",),
        "_fire_s3_event_async": ("bucket_name", "key", "event_name", "version_id"),
        "_PERSISTED_BUCKET_DICTS": None,
        "_atomic_write": ("fpath", "data", "text"),
        "_check_put_preconditions": ("headers", "existing_obj"),
        "_check_sse_c_part": ("headers", "upload"),
        "_completed_multipart_uploads": None,
        "_composite_checksum": ("algorithm", "part_checksums"),
        "_compute_s3_checksum": ("algorithm", "body"),
        "_dispatch": ("method", "bucket", "key", "headers", "body", "query_params"),
        "_delete_version_file": ("bucket_name", "key", "version_id"),
        "_ensure_bucket": ("name",),
        "_error": ("code", "message", "status"),
        "_key_history_meta": ("bucket_name", "key"),
        "_maybe_replicate": ("bucket_name", "key", "obj", "data"),
        "_multipart_uploads": None,
        "_no_such_bucket": ("name",),
        "_object_disk_path": ("bucket", "key", "account_id"),
        "_object_meta_from_record": ("obj",),
        "_object_versions": None,
        "_other_key_disk_path": ("base", "key", "fpath"),
        "_parse_range": ("range_header", "total"),
        "_persist_displaced_version": ("bucket_name", "key", "prior_obj", "versioning"),
        "_persist_object": ("bucket", "key", "obj"),
        "_qp": ("params", "key", "default"),
        "_range_error_xml": ("bucket_name", "key"),
        "_read_body": ("bucket_name", "key", "obj"),
        "_record_object_version": ("bucket_name", "key", "prior_obj", "obj", "data"),
        "_remove_key_files": ("fpath",),
        "_stored_sse_headers": ("obj",),
        "_validate_content_md5": ("headers", "body"),
        "_version_body": ("bucket", "bucket_name", "key", "v"),
        "_version_disk_path": ("bucket", "key", "version_id"),
        "_xml_body": ("root",),
        "DATA_DIR": None,
        "S3_NS": None,
        "fromstring": None,
        "get_account_id": (),
        "handle_request": ("method", "path", "headers", "body", "query_params"),
        "md5_hash": ("data",),
        "now_iso": (),
    },
    "ministack.services.cloudwatch": {
        "_alarms": None,
        "_metrics": None,
        "_calc_stats": ("points",),
        "_stat_value": ("stats", "stat_name", "points"),
        "_evaluate_alarm": ("alarm",),
        "_evaluate_parent_alarms": ("child",),
        "_record_history": ("alarm_name", "old_state", "new_state", "reason"),
        "_dispatch_alarm_actions": ("alarm", "old_state", "new_state", "reason"),
    },
    "ministack.services.stepfunctions": {
        "_activities": None,
        "_activity_tasks": None,
        "_create_activity": ("data",),
        "_create_state_machine": ("data",),
        "_default_encryption": (),
        "_delete_state_machine": ("data",),
        "_emit_execution_status_event": ("execution",),
        "_execution_version_arn": ("arn",),
        "_executions": None,
        "_finalize_response": ("response",),
        "_get_activity_task": ("data",),
        "_list_executions": ("data",),
        "_map_runs": None,
        "_resolve_state_machine_arn": ("arn",),
        "_start_execution": ("data",),
        "_state_machine_versions": None,
        "_state_machines": None,
        "_update_state_machine": ("data",),
        "_validate_definition_jsonata": ("definition_str",),
        "error_response_json": (),
        "handle_request": ("method", "path", "headers", "body", "query_params"),
        "load_persisted_state": ("data",),
        "json_response": (),
        "now_iso": (),
    },
    "ministack.services.cloudformation.provisioners": {
        "_RESOURCE_HANDLERS": None,
        "_physical_name": ("stack_name", "logical_id", "max_len"),
        "_seeded_create": ("create_fn", "logical_id", "props", "stack_name"),
        "_delete_predecessor": ("delete_fn",),
        "_DEFERRED_PREDECESSOR_DELETES": None,
    },
    "ministack.services.cloudformation.engine": {
        "_intrinsic_references": ("value",),
        "_validate_template_statics": ("template",),
    },
    "ministack.services.cloudformation.stacks": {"_runs_on_worker_thread": ("resource_type",)},
    "ministack.services.cloudformation.custom_resource": {"deliver_response": ("token", "response")},
}


def check_hooks() -> None:
    """Raise HookMissing, naming every hook that the installed MiniStack lacks."""
    missing = [problem for module, names in HOOKS.items() for problem in _missing(module, names)]
    if missing:
        raise HookMissing(importlib.metadata.version("ministack"), missing)


def _missing(module: str, names: dict[str, tuple[str, ...] | None]) -> list[str]:
    path, _, kind = module.partition(":")
    try:
        owner: object = importlib.import_module(path)
    except ImportError:
        return [module]
    owner = getattr(owner, kind, None) if kind else owner
    return [
        f"{module}.{name}"
        for name, parameters in names.items()
        if not _fits(getattr(owner, name, None), parameters) and name not in _made(owner)
    ]


def _made(owner: object) -> set[str]:
    """What a class's __init__ speaks of: the attributes of its instances are among it."""
    classes = owner.__mro__ if isinstance(owner, type) else ()
    made = [each.__dict__.get("__init__") for each in classes]
    return {name for each in made if inspect.isfunction(each) for name in each.__code__.co_names}


def _fits(value: object, parameters: tuple[str, ...] | None) -> bool:
    if value is None or parameters is None or not callable(value):
        return value is not None
    try:
        present = inspect.signature(value).parameters
    except (TypeError, ValueError):
        return True
    return all(name in present for name in parameters)
