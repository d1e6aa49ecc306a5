"""Access at the endpoint: who a caller is, what is refused in which words, and the list of decisions."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from localcloud.tests.integration.localcloud_process import TinyCloud
from localcloud.tests.patience import eventually

TEMPLATE = {
    "Resources": {
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "town"}},
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "TableName": "people",
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            },
        },
    }
}
ACCOUNT = "000000000000"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TinyCloud]:
    folder = tmp_path_factory.mktemp("access")
    template = folder / "template.json"
    template.write_text(json.dumps(TEMPLATE))
    running = TinyCloud(folder / "state", iam=True).start("--template", str(template), "--stack", "town")
    running.client("s3").put_object(Bucket="town", Key="a.txt", Body=b"a")
    yield running
    running.stop()


def client_with(cloud: TinyCloud, service: str, key: str, secret: str = "x", token: str | None = None) -> Any:
    once = Config(retries={"total_max_attempts": 1})
    return cloud.client(service, key, secret, aws_session_token=token, config=once)


def allow(*actions: str, resource: str = "*", **more: Any) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def user(cloud: TinyCloud, name: str, policy: str) -> dict[str, str]:
    """The key of a new user with one policy."""
    iam = cloud.client("iam")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policy)
    made = iam.create_access_key(UserName=name)["AccessKey"]
    return {"key": made["AccessKeyId"], "secret": made["SecretAccessKey"]}


@pytest.fixture(scope="module")
def ann(cloud: TinyCloud) -> dict[str, str]:
    """A user who may read objects of the bucket, and no more."""
    return user(cloud, "ann", allow("s3:GetObject", resource="arn:aws:s3:::town/*"))


def test_a_user_has_what_her_policies_allow(cloud: TinyCloud, ann: dict[str, str]) -> None:
    s3 = client_with(cloud, "s3", **ann)
    assert s3.get_object(Bucket="town", Key="a.txt")["Body"].read() == b"a"
    with pytest.raises(ClientError) as refused:
        s3.put_object(Bucket="town", Key="b.txt", Body=b"b")
    error = refused.value.response["Error"]
    assert error["Code"] == "AccessDenied"
    assert error["Message"] == (
        f"User: arn:aws:iam::{ACCOUNT}:user/ann is not authorized to perform: s3:PutObject on resource: "
        "arn:aws:s3:::town/b.txt because no identity-based policy allows the s3:PutObject action"
    )


def test_what_is_absent_is_forbidden_without_list_bucket(cloud: TinyCloud, ann: dict[str, str]) -> None:
    s3 = client_with(cloud, "s3", **ann)
    with pytest.raises(ClientError, match=r"s3:ListBucket"):
        s3.get_object(Bucket="town", Key="absent.txt")
    with pytest.raises(ClientError) as refused:
        s3.head_object(Bucket="town", Key="absent.txt")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    with pytest.raises(ClientError, match="NoSuchKey"):
        cloud.client("s3").get_object(Bucket="town", Key="absent.txt")


@pytest.mark.parametrize(
    ("service", "method", "arguments", "code"),
    [
        ("sqs", "list_queues", {}, "AccessDenied"),
        ("sns", "list_topics", {}, "AuthorizationError"),
        ("dynamodb", "list_tables", {}, "AccessDeniedException"),
        ("lambda", "list_functions", {}, "AccessDeniedException"),
        ("stepfunctions", "list_state_machines", {}, "AccessDeniedException"),
        ("sagemaker", "list_endpoints", {}, "AccessDeniedException"),
        ("sagemaker-runtime", "invoke_endpoint", {"EndpointName": "e", "Body": b""}, "AccessDeniedException"),
        ("logs", "describe_log_groups", {}, "AccessDeniedException"),
        ("cloudwatch", "describe_alarms", {}, "AccessDenied"),
        ("cloudformation", "list_stacks", {}, "AccessDenied"),
        ("kms", "list_keys", {}, "AccessDeniedException"),
        ("events", "list_rules", {}, "AccessDeniedException"),
        ("iam", "list_roles", {}, "AccessDenied"),
    ],
)
def test_each_service_refuses_in_its_own_form(
    cloud: TinyCloud, ann: dict[str, str], service: str, method: str, arguments: dict[str, Any], code: str
) -> None:
    """Code and sentence arrive through botocore, which reads them by the service's protocol."""
    with pytest.raises(ClientError) as refused:
        getattr(client_with(cloud, service, **ann), method)(**arguments)
    error = refused.value.response["Error"]
    assert error["Code"].removesuffix("Exception") == code.removesuffix("Exception")
    assert f"user/ann is not authorized to perform: {_namespace(service)}:" in error["Message"]


def _namespace(service: str) -> str:
    return {"stepfunctions": "states", "sagemaker-runtime": "sagemaker"}.get(service, service)


def test_credentials_that_are_nobodys_are_refused(cloud: TinyCloud, ann: dict[str, str]) -> None:
    for key, token in (("AKIANOBODY0000000000", None), (ann["key"], "a token that she does not have")):
        with pytest.raises(ClientError, match=r"InvalidClientTokenId|UnrecognizedClient|InvalidToken"):
            client_with(cloud, "dynamodb", key, token=token).list_tables()


def test_a_function_that_sam_local_runs_without_credentials_is_the_account(cloud: TinyCloud) -> None:
    """`sam local invoke` gives a function the key `defaultkey` where its caller has none."""
    sts = client_with(cloud, "sts", "defaultkey", "defaultsecret")
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    s3 = client_with(cloud, "s3", "defaultkey", "defaultsecret")
    assert s3.get_object(Bucket="town", Key="a.txt")["Body"].read() == b"a"


def test_an_unsigned_request_is_anonymous(cloud: TinyCloud) -> None:
    url = f"http://127.0.0.1:{cloud.port}/town/a.txt"
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(url)
    assert refused.value.code == 403
    everybody = allow("s3:GetObject", resource="arn:aws:s3:::town/a.txt", Principal="*")
    cloud.client("s3").put_bucket_policy(Bucket="town", Policy=everybody)
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"a"
    cloud.client("s3").delete_bucket_policy(Bucket="town")


def test_a_role_is_taken_on_by_whom_it_trusts_within_its_boundary(
    cloud: TinyCloud, ann: dict[str, str]
) -> None:
    iam = cloud.client("iam")
    arn = f"arn:aws:iam::{ACCOUNT}:user/ann"
    trust = {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "sts:AssumeRole"}
    boundary = iam.create_policy(PolicyName="bound", PolicyDocument=allow("s3:GetObject"))["Policy"]["Arn"]
    role = iam.create_role(
        RoleName="keeper",
        AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}),
        PermissionsBoundary=boundary,
    )["Role"]["Arn"]
    iam.put_role_policy(RoleName="keeper", PolicyName="all", PolicyDocument=allow("s3:*"))
    iam.create_role(RoleName="shut", AssumeRolePolicyDocument=json.dumps({"Statement": []}))
    sts = client_with(cloud, "sts", **ann)
    with pytest.raises(ClientError, match="sts:AssumeRole"):
        sts.assume_role(RoleArn=role.replace("keeper", "shut"), RoleSessionName="now")
    given = sts.assume_role(RoleArn=role, RoleSessionName="now")["Credentials"]
    who = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    s3 = client_with(cloud, "s3", *who)
    assert s3.get_object(Bucket="town", Key="a.txt")["Body"].read() == b"a"
    with pytest.raises(ClientError, match="because no permissions boundary allows the s3:PutObject action"):
        s3.put_object(Bucket="town", Key="b.txt", Body=b"b")
    identity = client_with(cloud, "sts", *who).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/keeper/now"


def test_a_transaction_is_allowed_by_its_parts(cloud: TinyCloud) -> None:
    """It has no action of its own: who may put but not delete may put in one and not delete in one."""
    iam = cloud.client("iam")
    iam.create_user(UserName="writer")
    puts = allow("dynamodb:PutItem", resource="arn:aws:dynamodb:us-east-1:000000000000:table/people")
    iam.put_user_policy(UserName="writer", PolicyName="puts", PolicyDocument=puts)
    made = iam.create_access_key(UserName="writer")["AccessKey"]
    table = client_with(cloud, "dynamodb", made["AccessKeyId"], made["SecretAccessKey"])
    put = {"Put": {"TableName": "people", "Item": {"id": {"S": "bob"}}}}
    delete = {"Delete": {"TableName": "people", "Key": {"id": {"S": "eve"}}}}
    table.transact_write_items(TransactItems=[put])
    with pytest.raises(ClientError, match="dynamodb:DeleteItem"):
        table.transact_write_items(TransactItems=[put, delete])


def test_a_trust_policy_may_ask_for_an_external_id(cloud: TinyCloud, ann: dict[str, str]) -> None:
    """As roles for somebody else's account do."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/ann"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": "the-word"}},
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = cloud.client("iam").create_role(RoleName="worded", AssumeRolePolicyDocument=trust)
    sts, arn = client_with(cloud, "sts", **ann), role["Role"]["Arn"]
    with pytest.raises(ClientError, match="sts:AssumeRole"):
        sts.assume_role(RoleArn=arn, RoleSessionName="ann", ExternalId="a-guess")
    assert sts.assume_role(RoleArn=arn, RoleSessionName="ann", ExternalId="the-word")["Credentials"]


def test_an_event_that_may_not_be_delivered_is_a_dead_letter(cloud: TinyCloud) -> None:
    """The target's queue has no policy for the rule, the dead-letter queue has."""
    sqs, events = cloud.client("sqs"), cloud.client("events")
    url = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("target", "letters")}
    arn = {name: f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}" for name in url}
    rule = events.put_rule(Name="sold", EventPattern='{"source": ["shop"]}')["RuleArn"]
    target = {"Id": "1", "Arn": arn["target"], "DeadLetterConfig": {"Arn": arn["letters"]}}
    events.put_targets(Rule="sold", Targets=[target])
    policy = allow(
        "sqs:SendMessage",
        resource=arn["letters"],
        Principal={"Service": "events.amazonaws.com"},
        Condition={"ArnEquals": {"aws:SourceArn": rule}},
    )
    sqs.set_queue_attributes(QueueUrl=url["letters"], Attributes={"Policy": policy})
    events.put_events(Entries=[{"Source": "shop", "DetailType": "sold", "Detail": "{}"}])
    read = {"QueueUrl": url["letters"], "MessageAttributeNames": ["All"]}
    (letter,) = eventually(lambda: sqs.receive_message(**read).get("Messages"))
    assert letter["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    assert not sqs.receive_message(QueueUrl=url["target"]).get("Messages")


def test_the_decisions_are_listed(cloud: TinyCloud, ann: dict[str, str]) -> None:
    with pytest.raises(ClientError):
        client_with(cloud, "s3", **ann).delete_object(Bucket="town", Key="a.txt")
    with urllib.request.urlopen(f"http://127.0.0.1:{cloud.port}/_localcloud/decisions?denied") as answer:
        last = json.loads(answer.read())["decisions"][-1]
    assert (last["action"], last["resource"]) == ("s3:DeleteObject", "arn:aws:s3:::town/a.txt")
    assert last["principal"] == f"arn:aws:iam::{ACCOUNT}:user/ann"
    assert last["allowed"] is False


@pytest.mark.parametrize("key", ["aws:ResourceTag/team", "sagemaker:ResourceTag/team"])
def test_the_tags_of_a_sagemaker_resource_decide(cloud: TinyCloud, key: str) -> None:
    """A policy for what is tagged allows that, and nothing else; a tag that is taken away counts at once."""
    root = cloud.client("sagemaker")
    name = key.partition(":")[0]
    ours, others = f"ours-{name}", f"others-{name}"
    arn = root.create_model_package_group(ModelPackageGroupName=ours, Tags=[{"Key": "team", "Value": "red"}])[
        "ModelPackageGroupArn"
    ]
    root.create_model_package_group(ModelPackageGroupName=others)
    policy = allow("sagemaker:DescribeModelPackageGroup", Condition={"StringEquals": {key: "red"}})
    sagemaker = client_with(cloud, "sagemaker", **user(cloud, f"tagged-{name}", policy))
    sagemaker.describe_model_package_group(ModelPackageGroupName=ours)
    with pytest.raises(ClientError, match="AccessDenied"):
        sagemaker.describe_model_package_group(ModelPackageGroupName=others)
    root.delete_tags(ResourceArn=arn, TagKeys=["team"])
    with pytest.raises(ClientError, match="AccessDenied"):
        sagemaker.describe_model_package_group(ModelPackageGroupName=ours)
