"""The stack's image repository (ECR) and the project that fills it (CodeBuild)."""

from __future__ import annotations

from dropforge.aws.clients import client


class CodeBuildImages:
    def __init__(self, project: str, repository: str, bucket: str) -> None:
        self._project, self._repository, self._bucket = project, repository, bucket

    def uri(self, tag: str) -> str:
        return f"{self._repository}:{tag}"

    def exists(self, tag: str) -> bool:
        ecr = client("ecr")
        name = self._repository.partition("/")[2]
        try:
            found = ecr.describe_images(repositoryName=name, imageIds=[{"imageTag": tag}])
        except ecr.exceptions.ImageNotFoundException:
            return False
        return bool(found["imageDetails"])

    def start(self, source: str, uri: str) -> str:
        """The project's buildspec pushes to IMAGE_URI."""
        started = client("codebuild").start_build(
            projectName=self._project,
            sourceTypeOverride="S3",
            sourceLocationOverride=f"{self._bucket}/{source}",
            environmentVariablesOverride=[{"name": "IMAGE_URI", "value": uri, "type": "PLAINTEXT"}],
        )
        return str(started["build"]["id"])

    def state(self, build: str) -> str:
        return str(client("codebuild").batch_get_builds(ids=[build])["builds"][0]["buildStatus"])
