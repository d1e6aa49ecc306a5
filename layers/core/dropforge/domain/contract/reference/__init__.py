"""The reference page of the contract, docs/contract.md, made from the fields that the parser reads.

    python -m dropforge.domain.contract.reference > docs/contract.md

What a key may be, its limits and its default come from the fields; why one would set it, and an example,
from the section. A test keeps the page equal to what this makes, and reads every example.
"""

from dropforge.domain.contract.reference.page import page

__all__ = ["page"]
