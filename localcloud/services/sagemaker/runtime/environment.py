"""The environment of a container's process: only what its image, its request and SageMaker give it.

Nothing of the user's own environment comes in (no AWS_PROFILE, no proxies), so a container behaves the same
on every laptop. Later entries win; the fence wins over all.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from localcloud.services.sagemaker.ports import CloudPorts, Image
    from localcloud.services.sagemaker.runtime.tree import Tree


def container_env(
    ports: CloudPorts,
    image: Image,
    tree: Tree,
    role_arn: str,
    given: Mapping[str, str],
    isolated: bool = False,
) -> dict[str, str]:
    env = {"PATH": os.defpath, "HOME": str(tree.temporary), "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
    env |= {"TMPDIR": str(tree.temporary)}
    # Containers share this machine's processors, which threads that wait by spinning would take from the
    # others: a training beside others was seen to take 38 s instead of 1.
    env |= {"OMP_WAIT_POLICY": "PASSIVE"}
    env |= image.env
    env |= given
    env |= {"SAGEMAKER_BASE_DIR": str(tree.root)}
    env |= {"AWS_REGION": ports.region, "AWS_DEFAULT_REGION": ports.region, "SAGEMAKER_REGION": ports.region}
    if not isolated:
        # With EnableNetworkIsolation a container has neither network nor its role's credentials.
        env |= {"AWS_ENDPOINT_URL": ports.endpoint_url, "AWS_EC2_METADATA_DISABLED": "true"}
        env |= ports.credentials_env(role_arn)
    return fenced(env, ports.fence_env())


def fenced(env: Mapping[str, str], fence: Mapping[str, str]) -> dict[str, str]:
    """The fence may come as a module on PYTHONPATH: it goes before the image's own, not in its place."""
    joined = dict(env) | dict(fence)
    paths = [source["PYTHONPATH"] for source in (fence, env) if source.get("PYTHONPATH")]
    if paths:
        joined["PYTHONPATH"] = os.pathsep.join(paths)
    return joined
