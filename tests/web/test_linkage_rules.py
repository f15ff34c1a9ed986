"""`/linkage/rules` and the page of each rule, made from the catalogue."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from app.domain.linkage.catalogue import RULES
from app.domain.linkage.findings import Group
from app.domain.linkage.in_general import list_names, tell_in_general, word_for
from app.domain.linkage.rule import Rule
from app.domain.linkage.score import CAPS
from app.web.linkage_rules import list_groups, title_of, title_of_group
from tests.cast import Cast


class Reader(HTMLParser):
    """What a page holds: its links, the ids to which links can lead, and its headings in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.levels: list[int] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes what a tag brings."""
        found = dict(attrs)
        self.links += [found["href"] or ""] if tag == "a" else []
        self.ids |= {found["id"] or ""} if "id" in found else set()
        self.levels += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []


def words_of(text: str) -> str:
    """What a reader of the main part reads, in one line."""
    main = text[text.index("<main") :]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


async def test_every_rule_has_a_page_in_words_for_people(cast: Cast) -> None:
    browser = await cast.browse()
    for rule in RULES:
        answer = await browser.get(f"/linkage/rules/{rule.code}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        words = words_of(answer.text)
        for told in (rule.code, rule.why, rule.example, tell_in_general(rule, rule.fix), title_of(rule)):
            assert told in words, rule.code
        for heading in ("What it finds", "Why it matters", "What to do", "Example", "What it costs"):
            assert heading in words
        assert not re.search(r"[{}`]", words), rule.code


async def test_the_overview_tells_every_rule_by_group(cast: Cast) -> None:
    answer = await (await cast.browse()).get("/linkage/rules")
    assert answer.status_code == 200
    words = words_of(answer.text)
    costs = [f"cap {CAPS[group]}" if group in CAPS else "costs no points" for group in Group]
    titles = [f"{title_of_group(group)} {cost}" for group, cost in zip(Group, costs, strict=True)]
    places = [words.index(title) for title in titles]
    assert places == sorted(places)
    for rule in RULES:
        assert tell_in_general(rule, rule.message) in words
    listed = [row.code for group in list_groups() for row in group.rules]
    assert sorted(listed) == [rule.code for rule in RULES]


async def test_every_link_of_the_pages_leads_somewhere(cast: Cast) -> None:
    browser = await cast.browse()
    waiting, seen, pages = ["/linkage/rules"], set[str](), 0
    anchors: dict[str, set[str]] = {}
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = await browser.get(path, follow_redirects=True)
        assert answer.status_code == 200, path
        if path.startswith("/linkage/rules"):
            reader, pages = Reader(answer.text), pages + 1
            anchors[path] = reader.ids
            assert reader.levels.count(1) == 1
            waiting += [link.partition("#")[0] for link in reader.links if link.startswith("/")]
            for page, _, anchor in (link.partition("#") for link in reader.links if "#" in link):
                assert anchor in anchors.get(page or path, {anchor}), (path, page, anchor)
    assert pages == len(RULES) + 1


async def test_neighbours_follow_the_catalogue(cast: Cast) -> None:
    browser = await cast.browse()
    first, second, last = RULES[0], RULES[1], RULES[-1]
    page = (await browser.get(f"/linkage/rules/{first.code}")).text
    assert 'rel="prev"' not in page
    assert re.search(rf'href="/linkage/rules/{second.code}"\s+rel="next"', page)
    assert 'rel="next"' not in (await browser.get(f"/linkage/rules/{last.code}")).text


async def test_a_code_in_small_letters_is_found_and_an_unknown_one_is_not(cast: Cast) -> None:
    browser = await cast.browse()
    assert (await browser.get("/linkage/rules/l101")).status_code == 200
    missing = await browser.get("/linkage/rules/L999")
    assert (missing.status_code, "There is no rule of this name." in missing.text) == (404, True)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_everything_in_braces_has_words(rule: Rule) -> None:
    names = {name for text in (rule.message, rule.fix) for name in list_names(text)}
    assert [name for name in names if word_for(rule, name) is None] == []
