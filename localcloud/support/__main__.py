"""`python -m localcloud.support --template template.yaml [--page docs/local-cloud.md [--check]]`"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from localcloud.support.page import generated, with_generated


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m localcloud.support", description=__doc__)
    parser.add_argument("--template", type=Path, required=True)
    parser.add_argument("--page", type=Path, help="a page to put it into, between its marks")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 when the page is out of date")
    options = parser.parse_args(arguments)
    if options.page is None:
        print(generated(options.template))
        return 0
    old = options.page.read_text("utf-8")
    new = with_generated(old, options.template)
    if not options.check:
        options.page.write_text(new, "utf-8")
    elif new != old:
        print(f"{options.page} is out of date; run this without --check", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
