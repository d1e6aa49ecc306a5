"""Prints the page."""

import sys

from dropforge.domain.contract.reference import page

sys.stdout.write(page())
