"""Pages that a person reads: one self-contained HTML file, plots as SVG inside it, nothing that runs.

Names of columns and classes come from whoever dropped the file, so every text is escaped here and nowhere
else: a caller hands over texts, never HTML.
"""

from training.report.blocks import Block, banner, facts, figure, heading, paragraph, table
from training.report.page import page

__all__ = ["Block", "banner", "facts", "figure", "heading", "page", "paragraph", "table"]
