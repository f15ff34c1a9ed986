"""Texts in pictures: SVG does not break lines, so they are broken here, by how wide letters usually are."""

_NARROW = frozenset("iljtfrI.,:;'’‘“”!|()[]/- ")
_WIDE = frozenset("mwMWOQ@%—GDHNCUA&")
# Of the widest of the usual typefaces: a text that is narrower only leaves some room.
_SHARES = {"narrow": 0.36, "wide": 0.88, "other": 0.61}


def estimate_width(text: str, size: float) -> float:
    """How wide a text is about, in pixels. For a bold one ask with a size of an eighth more."""
    narrow = sum(letter in _NARROW for letter in text)
    wide = sum(letter in _WIDE for letter in text)
    shares = narrow * _SHARES["narrow"] + wide * _SHARES["wide"]
    return size * (shares + (len(text) - narrow - wide) * _SHARES["other"])


def wrap_text(text: str, width: float, *, size: float, most: int) -> list[str]:
    """The lines of a text; what does not fit into the last one ends in an ellipsis. At least one line."""
    lines = [""]
    for word in _cut_words(text, width, size):
        longer = f"{lines[-1]} {word}".strip()
        if not lines[-1] or estimate_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and estimate_width(f"{last}…", size) > width:
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip()}…"]


def _cut_words(text: str, width: float, size: float) -> list[str]:
    """Words, those wider than a line in pieces."""
    most = max(1, int(width / (size * _SHARES["wide"])))
    return [
        piece
        for word in text.split()
        for piece in (
            [word]
            if estimate_width(word, size) <= width
            else [word[start : start + most] for start in range(0, len(word), most)]
        )
    ]
