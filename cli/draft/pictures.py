"""A contract for a .zip of pictures: its folders are the classes, and there are no columns."""

from typing import Any

from cli.draft.write import remark, value


def write_pictures(usecase: str, found: dict[str, Any], target: str | None) -> str:
    """The contract's text."""
    classes: dict[str, int] = found["classes"]
    counts = ", ".join(f"{name}: {count}" for name, count in classes.items())
    most = max(classes.values()) / found["rows"]
    parts = ", ".join(f"{name} ({count})" for name, count in found["parts"].items())
    always = f"always the same answer would be right in {most:.1%}"
    apart = f" The folders {parts} say which part a picture is in." if parts else ""
    lines = [
        f"# Drafted from {found['rows']} pictures, a folder a class.{remark(apart)}",
        f"usecase: {usecase}",
        "problem: image",
        *([f"target: {value(target)}"] if target else []),
        f"classes: [{', '.join(map(value, classes))}]  # {remark(counts)}",
        f"image: {{height: {found['height']}, width: {found['width']}}}  # what every picture is scaled to",
        f"gate: {{accuracy: {min(most + 0.2, 0.95):.2f}}}  # {always}",
        "confidence: 0.8",
    ]
    return "\n".join(lines) + "\n"
