"""Words for alignment: numbers as people write them, levels, and gaps in half a sentence."""

from collections.abc import Sequence

from app.domain.alignment.facts import Distance

LEVEL_WORDS = {
    "executive": "executives",
    "senior": "senior leaders",
    "middle": "middle managers",
    "frontline": "frontline leaders",
}


def word_level(level: str) -> str:
    """Who a level is, in the plural.

    >>> word_level("middle")
    'middle managers'
    """
    return LEVEL_WORDS.get(level, level)


def word_points(value: float) -> str:
    """A correlation or gap with two decimals and without the leading zero; a real minus.

    >>> word_points(0.344), word_points(-0.05), word_points(1.0), word_points(-0.001)
    ('.34', '−.05', '1.00', '.00')
    """
    rounded = round(value, 2) + 0.0
    text = f"{abs(rounded):.2f}"
    return f"{'−' if rounded < 0 else ''}{text.removeprefix('0') if abs(rounded) < 1 else text}"


def word_distance(distance: Distance) -> str:
    """A gap and its interval; empty where there are no figures.

    >>> from app.domain.alignment.facts import Verdict
    >>> word_distance(Distance(Verdict.BREAKS, 0.34, 0.2, 0.48, 0.001))
    'gap .34, between .20 and .48'
    """
    if distance.gap is None:
        return ""
    return f"gap {word_estimate(distance.gap, distance.low, distance.high)}"


def word_estimate(value: float, low: float | None, high: float | None) -> str:
    """A value and its interval, where there is one.

    >>> word_estimate(0.34, 0.2, 0.48), word_estimate(1, None, None)
    ('.34, between .20 and .48', '1.00')
    """
    told = word_points(value)
    if low is None or high is None:
        return told
    return f"{told}, between {word_points(low)} and {word_points(high)}"


def join_words(words: Sequence[str]) -> str:
    """A list as people say it.

    >>> join_words(["a"]), join_words(["a", "b"]), join_words(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def begin_sentence(text: str) -> str:
    """With a capital letter."""
    return text[:1].upper() + text[1:]
