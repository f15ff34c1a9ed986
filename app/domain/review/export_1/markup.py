"""HTML as text, piece by piece: what is not markup is escaped. Which pieces a review has is in `sheet`."""

from collections.abc import Iterable
from html import escape


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


def tag(name: str, *parts: str, **attributes: str) -> Markup:
    """An element with its parts, escaped unless they are markup. `class_` is `class`, `a_b` is `a-b`.

    >>> tag("p", "1 < 2", tag("b", "so"), class_="quiet")
    '<p class="quiet">1 &lt; 2<b>so</b></p>'
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items()
    )
    return Markup(f"<{name}{written}>{join(parts)}</{name}>")


def join(parts: Iterable[str]) -> Markup:
    """Parts one after the other, escaped unless they are markup."""
    return Markup("".join(part if isinstance(part, Markup) else escape(part) for part in parts))


def table(caption: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> Markup:
    """A table; the first cell of a row names it. Without rows there is none."""
    lines = [
        tag("tr", tag("th", first, scope="row"), *(tag("td", cell) for cell in rest)) for first, *rest in rows
    ]
    if not lines:
        return Markup("")
    names = tag("thead", tag("tr", *(tag("th", each, scope="col") for each in head)))
    whole = tag("table", tag("caption", caption), names, tag("tbody", *lines))
    # A narrow screen scrolls the table, not the page; whoever has no mouse gets there, too.
    return tag("div", whole, class_="wide", role="region", aria_label=caption, tabindex="0")


def bullets(items: Iterable[str]) -> Markup:
    """A list; without items there is none."""
    lines = [tag("li", each) for each in items]
    return tag("ul", *lines) if lines else Markup("")
