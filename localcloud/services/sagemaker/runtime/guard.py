"""Stands between the cloud and one process of a container, as a container runtime would.

Run as `python -I -S guard.py SPEC`, SPEC being JSON. It is a process of its own because only a parent can
promise that a child is gone:
 - it holds the reading end of a pipe whose other end the cloud holds; when the cloud dies, however it dies,
   the pipe closes and everything that the program started is killed;
 - when the program ends, whatever it left behind is killed too, as at the end of a container;
 - SIGTERM goes to the program alone, as `docker stop` does.
Where the system allows it, the program also sees its tree at /opt/ml, and the names of its job's machines in
/etc/hosts, in a mount namespace of its own. The cost: one small interpreter (about 9 MB) beside each
program, and 20 ms at its start.

Standard library only, and no pathlib: it is imported before every program, and `os` is there already.
"""

# As said above:
# ruff: noqa: PTH102, PTH112, PTH115, PTH118, PTH123, PTH211

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import sys

_CLONE_NEWNS, _CLONE_NEWUSER = 0x00020000, 0x10000000
_MS_BIND, _MS_REC, _MS_PRIVATE, _MS_MOVE = 4096, 16384, 1 << 18, 8192
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
OPT, OPT_ML, ETC_HOSTS = "/opt", "/opt/ml", "/etc/hosts"


def main(spec: dict) -> int:  # type: ignore[type-arg]
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    wake_reader, wake_writer = os.pipe()
    os.set_blocking(wake_writer, False)
    signal.set_wakeup_fd(wake_writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    child = os.fork()
    if child == 0:
        _become(spec)
    signal.signal(signal.SIGTERM, lambda *_: _kill(child, signal.SIGTERM))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    status = _watch(child, spec["life"], wake_reader)
    _kill_rest(child)
    return status


def _watch(child: int, life: int, wake: int) -> int:
    """Waits for the child or for the end of the cloud; the child's exit code, 128 + signal where killed."""
    while True:
        ready, _, _ = select.select([life, wake], [], [])
        if wake in ready:
            os.read(wake, 512)
            while (ended := _reap()) is not None:
                if ended[0] == child:
                    code = os.waitstatus_to_exitcode(ended[1])
                    return code if code >= 0 else 128 - code
        if life in ready:
            with contextlib.suppress(OSError):
                os.killpg(child, signal.SIGKILL)
            return 137


def _reap() -> tuple[int, int] | None:
    with contextlib.suppress(ChildProcessError):
        pid, status = os.waitpid(-1, os.WNOHANG)
        return (pid, status) if pid else None
    return None


def _kill_rest(child: int) -> None:
    """The program's group first, then, on Linux, whoever left the group and was left to us as their next
    parent."""
    with contextlib.suppress(OSError):
        os.killpg(child, signal.SIGKILL)
    for _ in range(100):
        for pid in _children():
            _kill(pid, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _children() -> list[int]:
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as stream:
            return [int(pid) for pid in stream.read().split()]
    except OSError:
        return []


def _become(spec: dict) -> None:  # type: ignore[type-arg]
    """In the child: a group of its own, the tree at /opt/ml, then the program. Never returns."""
    try:
        os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(spec["life"])
        if spec.get("mount"):
            mount(spec["mount"], spec["stage"])
        if spec.get("names"):
            _name_hosts(spec["names"])
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        os.chdir(spec["cwd"])
        argv = spec["argv"]
        os.execvpe(argv[0], argv, os.environ)  # noqa: S606 - to run it is what this is for
    except BaseException as error:  # noqa: BLE001 - a forked child must never return
        sys.stderr.write(f"cannot start {spec.get('argv')}: {error}\n")
        sys.stderr.flush()
    os._exit(127)


def mount(tree: str, stage: str) -> None:
    """Shows the tree at /opt/ml to this process and its children only. Raises OSError where that is not
    allowed."""
    user, group = os.geteuid(), os.getegid()
    if user != 0 or _libc().unshare(_CLONE_NEWNS) != 0:
        _check(_libc().unshare(_CLONE_NEWUSER | _CLONE_NEWNS), "unshare")
        # The same user inside: a program must not find itself to be root where it is not.
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{user} {user} 1")
        _write("/proc/self/gid_map", f"{group} {group} 1")
    _mount("none", "/", _MS_REC | _MS_PRIVATE)
    if not os.path.isdir(OPT_ML):
        _stand_in_for_opt(stage)
    _mount(tree, OPT_ML, _MS_BIND)


def _name_hosts(names: str) -> None:
    """Where that cannot be, Python programs still know the names: the fence answers for them."""
    with contextlib.suppress(OSError):
        _mount(names, ETC_HOSTS, _MS_BIND)


def _stand_in_for_opt(stage: str) -> None:
    """/opt/ml is not there and we may not make it: put over /opt a copy of it, made of mounts, that has an
    `ml`."""
    _mount("tmpfs", stage, 0, "tmpfs")
    for entry in os.scandir(OPT):
        target = os.path.join(stage, entry.name)
        if entry.is_symlink():
            os.symlink(os.readlink(entry.path), target)
        elif entry.is_dir():
            os.mkdir(target)
            _mount(entry.path, target, _MS_BIND | _MS_REC)
    os.mkdir(os.path.join(stage, "ml"))
    _mount(stage, OPT, _MS_MOVE)


def _mount(source: str, target: str, flags: int, kind: str | None = None) -> None:
    kind_bytes = kind.encode() if kind else None
    _check(
        _libc().mount(source.encode(), target.encode(), kind_bytes, ctypes.c_ulong(flags), None),
        f"mount {target}",
    )


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as stream:
        stream.write(text)


def _prctl(option: int, value: int) -> None:
    """Linux only; elsewhere the pipe alone does the work."""
    if sys.platform == "linux":
        _libc().prctl(option, value, 0, 0, 0)


def _kill(pid: int, number: int) -> None:
    with contextlib.suppress(OSError):
        os.kill(pid, number)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
