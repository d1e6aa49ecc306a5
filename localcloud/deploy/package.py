"""`sam build` and `sam package`: local paths of a template become objects in a bucket.

A function is its folder, with its requirements.txt installed beside it; a layer with BuildMethod python is
its folder and its requirements under `python/`; a layer without one is its folder as it lies there; a
definition file is checked first. Objects are named by their digest, so a second deployment uploads nothing
that did not change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from localcloud.deploy.archives import Archives
from localcloud.deploy.requirements import Report, installed_target
from localcloud.errors import TemplateError
from localcloud.services.states.validate import problems_of_file

if TYPE_CHECKING:
    from pathlib import Path

    from localcloud.deploy.zips import Part

Upload = Callable[[str, Callable[[], bytes]], None]


class Packager:
    """Rewrites one template. `upload` puts an object into `bucket`, and reads it only if it is not there."""

    def __init__(
        self, template: dict[str, Any], folder: Path, cache: Path, bucket: str, upload: Upload, report: Report
    ) -> None:
        self._template, self._folder, self._cache = template, folder, cache
        self._archives = Archives(cache)
        self._bucket, self._upload, self._report = bucket, upload, report

    def package(self) -> dict[str, Any]:
        kinds: dict[str, Callable[[str, dict[str, Any]], None]] = {
            "AWS::Serverless::Function": self._function,
            "AWS::Serverless::LayerVersion": self._layer,
            "AWS::Serverless::StateMachine": self._serverless_machine,
            "AWS::StepFunctions::StateMachine": self._machine,
            "AWS::Lambda::Function": self._plain_function,
        }
        for name, resource in self._template["Resources"].items():
            rewrite = kinds.get(resource.get("Type", ""))
            if rewrite:
                rewrite(name, resource)
        return self._template

    def _function(self, name: str, resource: dict[str, Any]) -> None:
        properties = resource.setdefault("Properties", {})
        shared = (self._template.get("Globals") or {}).get("Function") or {}
        uri = properties.get("CodeUri", shared.get("CodeUri"))
        if properties.get("InlineCode") or properties.get("PackageType") == "Image" or not _is_local(uri):
            return
        properties["CodeUri"] = f"s3://{self._bucket}/{self._code(name, uri)}"

    def _plain_function(self, name: str, resource: dict[str, Any]) -> None:
        code = resource.get("Properties", {}).get("Code")
        if _is_local(code):
            key = self._code(name, code)
            resource["Properties"]["Code"] = {"S3Bucket": self._bucket, "S3Key": key}

    def _layer(self, name: str, resource: dict[str, Any]) -> None:
        properties = resource.setdefault("Properties", {})
        uri = properties.get("ContentUri")
        if not _is_local(uri):
            return
        method = str((resource.get("Metadata") or {}).get("BuildMethod", ""))
        if method and not method.startswith("python"):
            raise TemplateError(f"{name}: BuildMethod {method} is not supported; only python is")
        key = self._code(name, uri, "python") if method else self._folder_as_it_is(name, uri)
        properties["ContentUri"] = f"s3://{self._bucket}/{key}"

    def _code(self, name: str, uri: str, prefix: str = "") -> str:
        """The key of a folder with its requirements."""
        folder = self._path(name, uri)
        requirements = folder / "requirements.txt"
        if not (requirements.is_file() and _requires(requirements)):
            return self._folder_as_it_is(name, uri, prefix)
        packages = installed_target(requirements, self._cache, self._report)
        return self._zip((packages, prefix), (folder, prefix))

    def _folder_as_it_is(self, name: str, uri: str, prefix: str = "") -> str:
        folder = self._path(name, uri)
        if folder.is_file() and folder.suffix == ".zip":
            return self._put(folder.read_bytes(), "zip")
        if not folder.is_dir():
            raise TemplateError(f"{name}: {folder} is not a folder")
        return self._zip((folder, prefix))

    def _zip(self, *parts: Part) -> str:
        archive = self._archives.of(*parts)
        key = f"{archive.digest}.zip"
        self._upload(key, archive.read)
        return key

    def _serverless_machine(self, name: str, resource: dict[str, Any]) -> None:
        properties = resource.setdefault("Properties", {})
        if _is_local(properties.get("DefinitionUri")):
            key = self._put(self._definition(name, properties["DefinitionUri"]), "json")
            properties["DefinitionUri"] = {"Bucket": self._bucket, "Key": key}

    def _machine(self, name: str, resource: dict[str, Any]) -> None:
        properties = resource.setdefault("Properties", {})
        if _is_local(properties.get("DefinitionS3Location")):
            key = self._put(self._definition(name, properties["DefinitionS3Location"]), "json")
            properties["DefinitionS3Location"] = {"Bucket": self._bucket, "Key": key}

    def _definition(self, name: str, uri: str) -> bytes:
        path = self._path(name, uri)
        found = problems_of_file(path)
        if found:
            raise TemplateError(f"{name}: {path.name} is not a valid definition:\n  " + "\n  ".join(found))
        if path.suffix in (".yaml", ".yml"):
            import yaml

            return json.dumps(yaml.safe_load(path.read_text("utf-8"))).encode()
        return path.read_bytes()

    def _path(self, name: str, uri: str) -> Path:
        path = (self._folder / uri).resolve()
        if not path.exists():
            raise TemplateError(f"{name}: there is no {path}")
        return path

    def _put(self, content: bytes, suffix: str) -> str:
        key = f"{hashlib.sha256(content).hexdigest()}.{suffix}"
        self._upload(key, lambda: content)
        return key


def _is_local(uri: Any) -> bool:
    return isinstance(uri, str) and not uri.startswith(("s3://", "https://", "http://"))


def _requires(requirements: Path) -> bool:
    """Whether the file names a package at all."""
    lines = (line.strip() for line in requirements.read_text("utf-8").splitlines())
    return any(line and not line.startswith(("#", "-")) for line in lines)
