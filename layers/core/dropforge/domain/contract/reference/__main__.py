"""Prints the page."""

import sys

from dropforge.domain.contract.reference import page

if __name__ == "__main__":
    sys.stdout.write(page())
