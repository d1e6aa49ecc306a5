"""AWS's errors that the caller can mend, as sentences. What is not listed is a fault and keeps its trace."""

from botocore.exceptions import (
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
)
from botocore.exceptions import (
    ConnectionError as NoConnection,
)

from cli.errors import CommandError, UserError
from dropforge.aws.clients import code_of

CREDENTIALS = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
ACCESS = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


def explain(fault: Exception) -> CommandError | None:
    """The sentence for an AWS error that the caller can mend; nothing for one that is ours."""
    if isinstance(fault, ClientError):
        return _explain_answer(fault)
    if isinstance(fault, ProfileNotFound):
        return UserError(f"{fault}; `aws configure list-profiles` lists what there is")
    if isinstance(fault, NoRegionError):
        return UserError("no region is set; give --region or set AWS_REGION")
    if isinstance(fault, NoCredentialsError | PartialCredentialsError):
        return UserError(f"{fault}; give --profile, or start the local cloud with `./dropforge up`")
    if isinstance(fault, NoConnection | HTTPClientError):
        return UserError(f"{fault}; is the cloud running and the network up? `./dropforge doctor` looks")
    return None


def _explain_answer(fault: ClientError) -> CommandError | None:
    message = fault.response.get("Error", {}).get("Message", str(fault))
    if code_of(fault) in CREDENTIALS:
        return UserError(f"AWS refused the credentials: {message}; sign in again or give --profile")
    if code_of(fault) in ACCESS:
        return UserError(f"AWS denied {fault.operation_name}: {message}; use a profile that may do this")
    return None
