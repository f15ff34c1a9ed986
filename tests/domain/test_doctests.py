"""The examples in the docstrings of the pure room are true."""

import doctest
import importlib
import pkgutil

import pytest

import app.domain

MODULES = sorted(module.name for module in pkgutil.walk_packages(app.domain.__path__, "app.domain."))


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_modules_with_examples_are_found() -> None:
    assert "app.domain.linkage.cycles" in MODULES
