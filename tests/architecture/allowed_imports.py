"""An import-linter contract that lists all a package may import.

import-linter's own contracts say what is forbidden, so a library that nobody thought of passes. Here the list
is of what is allowed, which makes every new dependency a visible decision. The cost: a list to keep, in
pyproject.toml. Only direct imports are looked at; what an allowed module imports is judged by that module's
own contract.
"""

import sys

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class AllowedImports(Contract):
    """`package` may import itself, the standard library and what is in `allowed`; nothing else."""

    type_name = "allowed"

    package = fields.StringField()
    allowed = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        package = str(self.package)
        if package not in graph.modules:
            raise ValueError(f"{package} is not a package of this project")
        allowed = {package, *map(str, self.allowed)}
        found = [
            (importer, imported)
            for importer in sorted({package, *graph.find_descendants(package)})
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if not is_allowed(imported, allowed)
        ]
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["found"]:
            output.print_error(f"{importer} imports {imported}, which is not in its list of allowed imports")


def is_allowed(imported: str, allowed: set[str]) -> bool:
    """True for the standard library and for a module that is, or lies in, one of the allowed packages."""
    if imported.partition(".")[0] in sys.stdlib_module_names:
        return True
    return any(imported == name or imported.startswith(f"{name}.") for name in allowed)
