"""Which sockets a process and all that it started listen on, as the kernel tells."""

from __future__ import annotations

from pathlib import Path

_LISTENING = "0A"


def family(pid: int) -> set[int]:
    """The process and everything that it started."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue  # it ended meanwhile
    found, grown = {pid}, True
    while grown:
        more = {child for child, parent in parents.items() if parent in found} - found
        found, grown = found | more, bool(more)
    return found


def listeners(pids: set[int]) -> list[tuple[str, int]]:
    """(address, port) of every TCP socket that the processes listen on."""
    sockets = {inode for pid in pids for inode in _sockets(pid)}
    found = []
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        for line in table.read_text().splitlines()[1:] if table.exists() else []:
            fields = line.split()
            if fields[3] == _LISTENING and fields[9] in sockets:
                address, port = fields[1].split(":")
                found.append((_address(address), int(port, 16)))
    return found


def _sockets(pid: int) -> set[str]:
    try:
        links = [str(handle.readlink()) for handle in Path(f"/proc/{pid}/fd").iterdir()]
    except OSError:
        return set()
    return {link[8:-1] for link in links if link.startswith("socket:[")}


def _address(text: str) -> str:
    """The kernel writes IPv4 addresses as a number of this machine's byte order."""
    if len(text) == 8:
        return ".".join(str(int(text[i : i + 2], 16)) for i in (6, 4, 2, 0))
    return f"[{text}]"
