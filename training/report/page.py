"""Blocks → one HTML file that needs nothing else: no script, no font, no picture from elsewhere.

Its policy forbids scripts and requests even where a text should have slipped through unescaped: the page is
opened by the one who decides on a model, and what it shows was written by whoever dropped the data.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from training.report.text import escaped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.report.blocks import Block

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = Path(__file__).with_name("style.css")


def page(title: str, blocks: Sequence[Block]) -> str:
    body = "\n".join(block.html for block in blocks)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escaped(title)}</title>
<style>
{STYLE.read_text(encoding="utf-8")}</style>
</head>
<body>
<main>
<h1>{escaped(title)}</h1>
{body}
</main>
</body>
</html>
"""
