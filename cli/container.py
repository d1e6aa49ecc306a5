"""A verb of the container image, run on this machine for one command and without a cloud.

The environment is the one that the local cloud's jobs run in: built from the Dockerfile once, found by its
digest ever after. The first use takes as long as a first `./dropforge up`.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cli.errors import Refused, UserError
from cli.image import DOCKERFILE
from cli.paths import BUILD, ROOT
from cli.show import note


@contextmanager
def outputs_of(
    verb: str, inputs: Mapping[str, Path | bytes], settings: Mapping[str, str] | None = None
) -> Iterator[Path]:
    """The folder of what the verb wrote. An input is a file of this machine, or the bytes of a JSON one."""
    from localcloud.errors import CloudError
    from localcloud.images import build_image

    try:
        image = build_image(ROOT, ROOT / DOCKERFILE, BUILD, note)
    except CloudError as fault:
        raise Refused(f"the image's environment could not be made: {fault}") from None
    with tempfile.TemporaryDirectory(prefix="dropforge-") as folder:
        base = Path(folder)
        for name, source in inputs.items():
            put_input(base / "processing" / "input" / name, source)
        here = {"PATH": os.defpath, "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"}
        environment = {**here, **image.env, **(settings or {}), "SAGEMAKER_BASE_DIR": folder}
        ended = subprocess.run(
            [*image.argv_prefix, verb],
            cwd=image.root, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if ended.returncode:
            raise failure(verb, ended.returncode, base / "output" / "message", ended.stderr)
        yield base / "processing" / "output"


def put_input(folder: Path, source: Path | bytes) -> None:
    """An input where SageMaker would put it; a file is linked and not copied."""
    folder.mkdir(parents=True)
    if isinstance(source, bytes):
        (folder / f"{folder.name}.json").write_bytes(source)
    else:
        (folder / source.name).symlink_to(source.resolve())


def failure(verb: str, status: int, message: Path, errors: str) -> Exception:
    """A sentence that the verb left is about its input; a trace is a fault of ours."""
    if status < 0:
        return Refused(f"{verb} was ended by signal {-status}: the memory is short, or the file is damaged")
    if message.exists() and "Traceback" not in errors:
        return UserError(message.read_text(encoding="utf-8"))
    return RuntimeError(f"{verb} failed in the image's environment:\n{errors.strip()[-4000:]}")
