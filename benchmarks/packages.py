"""The packages and who imports whom, drawn from the code into docs/architecture.md.

    python -m benchmarks.packages            # draws it anew
    python -m benchmarks.packages --check    # 1 when the page is out of date

Each drawing has a package's folders as boxes, and the modules that lie beside them; one of those that imports
nothing that is drawn (errors, paths) is left out, since everybody may read it. An arrow says that some
module of the one imports some module of the other when it runs, not only for its types.
"""

from __future__ import annotations

import sys
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING

import grimp

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGE = Path(__file__).resolve().parent.parent / "docs" / "architecture.md"
BEGIN = "<!-- drawn by `python -m benchmarks.packages` -->"
END = "<!-- end of what is drawn -->"
ROOTS = ("benchmarks", "cli", "dropforge", "functions", "localcloud", "training")
# The title of a drawing, and the packages that are opened in it; the others are one box each.
DRAWINGS = (
    ("The whole", ROOTS, ("dropforge",)),
    ("The local cloud", ("localcloud",), ("localcloud", "localcloud.services")),
    ("The container image", ("training",), ("training",)),
)
LEFT_OUT = ("localcloud.tests",)


def drawn() -> str:
    """Everything between the two marks."""
    graph = grimp.build_graph(*ROOTS, exclude_type_checking_imports=True, cache_dir=None)
    parts = [f"**{title}**\n\n{_drawing(graph, roots, opened)}" for title, roots, opened in DRAWINGS]
    return "\n\n".join([BEGIN, *parts, END])


def with_drawn(page: str) -> str:
    """The page with its drawings made anew."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{drawn()}{rest.partition(END)[2]}"


def _drawing(graph: grimp.ImportGraph, roots: Iterable[str], opened: tuple[str, ...]) -> str:
    imported = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    boxes: dict[str, set[str]] = {}
    for module in graph.modules:
        if module.partition(".")[0] in roots and not module.startswith(LEFT_OUT):
            boxes.setdefault(_box(module, opened), set()).add(module)
    arrows = [
        (one, other)
        for one, other in permutations(sorted(boxes), 2)
        if any(imported[module] & boxes[other] for module in boxes[one])
    ]
    folders = {box for box in boxes if box not in opened and graph.find_children(box)}
    lines = [f"    {_short(one)} --> {_short(other)}" for one, other in _without_leaves(arrows, folders)]
    return "\n".join(["```mermaid", "flowchart LR", *lines, "```"])


def _without_leaves(arrows: list[tuple[str, str]], folders: set[str]) -> list[tuple[str, str]]:
    """The arrows between folders and such modules as import something that is drawn."""
    into_others = folders | {one for one, _ in arrows}
    kept = [(one, other) for one, other in arrows if one in into_others and other in into_others]
    return kept if kept == arrows else _without_leaves(kept, folders)


def _box(module: str, opened: tuple[str, ...]) -> str:
    """The folder or module that a module is drawn in: the first one on its way down that is not opened."""
    parts = module.split(".")
    on_the_way = [".".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return next((each for each in on_the_way if each not in opened), module)


def _short(box: str) -> str:
    """A box's name: what tells it from the others of its drawing."""
    return (
        box.replace("localcloud.services.", "services.").replace("localcloud.", "").replace("training.", "")
    )


def main(arguments: list[str]) -> int:
    old = PAGE.read_text("utf-8")
    new = with_drawn(old)
    if "--check" not in arguments:
        PAGE.write_text(new, "utf-8")
    elif new != old:
        print(f"{PAGE} is out of date; run `python -m benchmarks.packages`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
