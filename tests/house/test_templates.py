"""Templates: small, whole, and honest about what they need."""

import re
from pathlib import Path

import pytest
from jinja2 import nodes

from app.web.render import TEMPLATES, make_environment

ENVIRONMENT = make_environment()
NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
PAGES = [name for name in NAMES if not Path(name).name.startswith("_") and "/" in name]
FRAGMENTS = [name for name in NAMES if Path(name).name.startswith("_")]


def read_source(name: str) -> str:
    """A template as it is written."""
    return (TEMPLATES / name).read_text()


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles_and_says_first_what_it_needs(name: str) -> None:
    ENVIRONMENT.get_template(name)
    comment = re.match(r"\{#(.*?)#\}", read_source(name), re.DOTALL)
    assert comment is not None
    for word in ("Needs:", "Swapped by:", "Blocks:"):
        assert word in comment[1]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_extends_the_base_and_has_a_title(name: str) -> None:
    tree = ENVIRONMENT.parse(read_source(name))
    extended = [node.template.value for node in tree.find_all(nodes.Extends)]  # type: ignore[attr-defined]
    assert extended == ["base.html"]
    blocks = {node.name for node in tree.find_all(nodes.Block)}
    assert {"title", "main"} <= blocks


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_inline_and_nothing_is_printed_unescaped(name: str) -> None:
    source = read_source(name)
    assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son[a-z]+=|javascript:", source)
    assert not re.search(r"\|\s*safe|autoescape", source)


@pytest.mark.parametrize("name", NAMES)
def test_no_two_attributes_are_glued_together(name: str) -> None:
    # The line break behind an `endif` is taken away, and so is the room before an `if`.
    inside = re.findall(r"<[a-z][^<>]*(?:\{%[^%]*%\}[^<>]*)*>", read_source(name))
    assert not [tag for tag in inside if re.search(r'["\w]\{%-? endif %\}\s*\{%-? if [^%]*%\}[a-z]', tag)]


@pytest.mark.parametrize("name", NAMES)
def test_every_asset_is_named_by_its_fingerprint(name: str) -> None:
    assert not re.search(r'(?:src|href)="/static/', read_source(name))


def test_there_are_pages_and_fragments() -> None:
    assert len(PAGES) >= 3
    assert len(FRAGMENTS) >= 3
