from __future__ import annotations

from types import ModuleType

import pytest

from localcloud.errors import ReplacedTwice
from localcloud.ministack import rebinding


@pytest.fixture
def foreign() -> ModuleType:
    module = ModuleType("foreign")
    module.answer = lambda: "foreign"
    return module


def test_a_foreign_function_is_replaced_and_its_original_returned(foreign: ModuleType) -> None:
    original = rebinding.replace(foreign, "answer", lambda: "ours")
    assert (foreign.answer(), original()) == ("ours", "foreign")


def test_what_was_replaced_is_listed_with_who_replaced_it(foreign: ModuleType) -> None:
    rebinding.replace(foreign, "answer", lambda: "ours")
    assert (str(rebinding.made()[-1]), rebinding.made()[-1].by) == ("foreign.answer", __name__)


def test_a_second_replacement_is_refused_naming_both(foreign: ModuleType) -> None:
    rebinding.replace(foreign, "answer", lambda: "ours")
    with pytest.raises(ReplacedTwice, match=rf"foreign\.answer is replaced by {__name__} already"):
        rebinding.replace(foreign, "answer", lambda: "theirs")


def test_a_name_that_does_not_exist_is_not_made(foreign: ModuleType) -> None:
    with pytest.raises(AttributeError):
        rebinding.replace(foreign, "missing", 1)


def test_a_method_of_a_class_is_named_with_its_class() -> None:
    class Worker:
        def run(self) -> None: ...

    rebinding.replace(Worker, "run", lambda self: None)
    assert str(rebinding.made()[-1]).endswith("Worker.run")
