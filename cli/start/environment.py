"""Makes the locked environment in .venv, with nothing but a bare Python.

The lock file is uv's, so the one thing to find first is the right uv: the one pinned in the file beside
this file, installed with pip by hash. uv then makes .venv. A file lock makes two starts at once safe and is
released by the system when a start is killed; the stamp is written last, so an interrupted set-up is done
again. The cost: this file may import only what needs nothing but the standard library, and the lock needs a
Unix.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from localcloud.deploy.index import pip_index, with_index

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
HOME = ROOT / ".dropforge"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
SUPPORTED = "raise SystemExit(not (3, 11) <= __import__('sys').version_info < (3, 15))"
# pip says "from versions: none" when it reached no index at all.
UNREACHABLE = (
    "connect",
    "resolve",
    "dns error",
    "timed out",
    "network",
    "proxy",
    "certificate",
    "versions: none",
)

# A package each, of hundreds; and folders of pip's settings that are not on this machine.
UNIMPORTANT = re.compile(r" [-+~] \S+==|WARNING: Location '.*' is ignored")
SILENT_SECONDS = 10.0

# Settings of the caller's own work that would send the packages elsewhere.
UNWANTED = ("PYTHONPATH", "VIRTUAL_ENV", "UV_PROJECT", "UV_PYTHON", "PIP_TARGET", "PIP_PREFIX", "PIP_USER")


Command = list[str | Path]


class CannotStart(Exception):
    """A sentence that says what is missing and how to get it."""


def prepare(level: str, stamp: str) -> None:
    """Bring .venv to the lock: `use` is what the commands need, `dev` adds what the test command needs."""
    if ":" in str(ROOT):
        raise CannotStart(f"{ROOT} has a colon in its name, which Python's path cannot hold; rename it")
    with one_at_a_time():
        if is_ready(level, stamp):
            return
        for name in ("use", "dev"):
            stamp_file(name).unlink(missing_ok=True)
        say(f"setting up the locked environment in {VENV} (once; a minute or two)")
        uv = find_uv()
        keep_or_remove_venv()
        sync(uv, level if not has_developer_tools() else "dev")
        for name in ("use", "dev") if has_developer_tools() else ("use",):
            write_stamp(name, stamp)
        say("the environment is ready")


def is_ready(level: str, stamp: str) -> bool:
    """True when a finished set-up of this lock, script and folder left its stamp."""
    file = stamp_file(level)
    return (VENV / "bin" / "python").exists() and file.exists() and file.read_text().strip() == stamp


def stamp_file(level: str) -> Path:
    """Where a finished set-up of a level leaves its stamp."""
    return VENV / f"dropforge-{level}"


def write_stamp(level: str, stamp: str) -> None:
    """Leave the stamp whole or not at all."""
    draft = VENV / f"dropforge-{level}.new"
    draft.write_text(stamp + "\n")
    draft.replace(stamp_file(level))


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the set-up's lock; says so when another start holds it."""
    HOME.mkdir(exist_ok=True)
    with (HOME / "start.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another start to finish setting up")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def find_uv() -> Path:
    """The pinned uv: one that is there already, else installed with pip; as a last resort any uv on PATH."""
    own = HOME / "uv" / "bin" / "uv"
    on_path = shutil.which("uv")
    for uv in filter(None, (own, Path(on_path) if on_path else None)):
        if version_of(uv) == pinned_version():
            return uv
    try:
        return install_uv(own)
    except CannotStart:
        if on_path and version_of(Path(on_path)):
            say(f"could not install uv {pinned_version()}; using {on_path}")
            return Path(on_path)
        raise


def pinned_version() -> str:
    """The version in requirements.txt, whose first line is `uv==X \\`."""
    return REQUIREMENTS.read_text().split()[0].removeprefix("uv==")


def version_of(uv: Path) -> str:
    """The version that a uv says it has; empty when it does not run (a stub, another machine's program)."""
    try:
        done = subprocess.run([uv, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    words = done.stdout.split()
    return words[1] if done.returncode == 0 and len(words) > 1 else ""


def install_uv(own: Path) -> Path:
    """Install uv by hash into a folder of its own, which appears whole or not at all."""
    draft = HOME / f"uv.new{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    try:
        run([*pip(draft), "--quiet", "--require-hashes", "--only-binary=:all:", "-r", REQUIREMENTS], "uv")
        shutil.rmtree(own.parent.parent, ignore_errors=True)
        draft.rename(own.parent.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return own


def pip(folder: Path) -> Command:
    """A pip that installs into the folder: a new venv's, or this Python's own where it cannot make one."""
    if succeeds(sys.executable, "-c", "import ensurepip") and succeeds(sys.executable, "-m", "venv", folder):
        return [folder / "bin" / "python", "-m", "pip", "install"]
    if succeeds(sys.executable, "-m", "pip", "--version"):
        return [sys.executable, "-m", "pip", "install", "--target", folder]
    raise CannotStart(
        f"{sys.executable} has neither venv nor pip; install them (Debian: apt install python3-venv), "
        f"or put uv {pinned_version()} on PATH"
    )


def succeeds(*command: str | Path) -> bool:
    """True when the program runs and exits 0."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def keep_or_remove_venv() -> None:
    """Remove a .venv whose Python is gone, out of range, or that was made in another folder."""
    python = VENV / "bin" / "python"
    activate = VENV / "bin" / "activate"
    here = activate.exists() and str(VENV) in activate.read_text(errors="replace")
    if VENV.exists() and not (here and succeeds(python, "-c", SUPPORTED)):
        say(f"{VENV} was made by another Python or in another folder; making it anew")
        shutil.rmtree(VENV)


def has_developer_tools() -> bool:
    """Once the test command has been used, every later set-up keeps its tools."""
    return (VENV / "bin" / "pytest").exists()


def sync(uv: Path, level: str) -> None:
    """Install exactly what is locked, from the index that pip is set up with or else from the public one."""
    python = VENV / "bin" / "python" if (VENV / "bin" / "python").exists() else Path(sys.executable)
    groups = ["--all-groups"] if level == "dev" else []
    project: Command = ["--frozen", "--project", ROOT, *groups]
    if pip_index(os.environ):
        sync_from_mirror(uv, python, project)
    else:
        run([uv, "sync", *project, "--python", python], "the locked packages")


def sync_from_mirror(uv: Path, python: Path, project: Command) -> None:
    """The lock names the public index's files; a mirror has the same ones under their names and hashes."""
    locked = HOME / "locked.txt"
    listed: Command = ["--quiet", "--no-emit-project", "--output-file", locked]
    run([uv, "export", *project, *listed], "the list of packages")
    if not (VENV / "bin" / "python").exists():
        run([uv, "venv", "--quiet", "--python", python, VENV], "the environment")
    into: Command = ["--python", VENV / "bin" / "python"]
    run([uv, "pip", "sync", "--require-hashes", *into, locked], "the locked packages")


def run(command: Command, what: str) -> None:
    """Run an installer; its errors become a sentence."""
    environment = {
        **with_index(os.environ),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_PROJECT_ENVIRONMENT": str(VENV),
    }
    for name in UNWANTED:
        environment.pop(name, None)
    say(f"installing {what}")
    with (
        subprocess.Popen(
            [str(part) for part in command],
            env=environment,
            stderr=subprocess.PIPE,
            stdout=sys.stderr,
            text=True,
        ) as process,
        said_now_and_then(f"still installing {what}"),
    ):
        lines = [show(line) for line in process.stderr or ()]
    if process.returncode:
        reason = "".join(lines[-12:]).strip()
        raise CannotStart(f"could not install {what}{advice(reason)}:\n{reason}")


@contextmanager
def said_now_and_then(what: str) -> Iterator[None]:
    """Downloads may take minutes in which an installer that does not see a terminal says nothing."""
    over, began = threading.Event(), time.monotonic()

    def tell() -> None:
        while not over.wait(SILENT_SECONDS):
            say(f"{what} ({time.monotonic() - began:.0f} s)")

    threading.Thread(target=tell, daemon=True).start()
    try:
        yield
    finally:
        over.set()


def show(line: str) -> str:
    """Pass an installer's line on as it comes, but for those that only matter once it fails."""
    if not UNIMPORTANT.match(line):
        sys.stderr.write(line)
        sys.stderr.flush()
    return line


def advice(reason: str) -> str:
    """What to do about an installer's failure."""
    if any(word in reason.lower() for word in UNREACHABLE):
        return (
            "; the package index could not be reached (the first start needs it once: check the network, "
            "HTTPS_PROXY, and SSL_CERT_FILE behind an inspecting proxy)"
        )
    return ""


def say(line: str) -> None:
    """A line of progress, kept off the command's own output."""
    print(f"dropforge: {line}", file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    """`environment.py LEVEL STAMP`"""
    level, stamp = arguments
    try:
        prepare(level, stamp)
    except CannotStart as problem:
        say(str(problem))
        return 2
    except KeyboardInterrupt:
        say("interrupted; the next start begins the set-up again")
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
