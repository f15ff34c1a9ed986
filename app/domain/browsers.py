"""What a browser says of itself, in words that its owner knows it by."""

import re

# The first that is found counts: nearly every browser also claims to be those that came before it.
_BROWSERS = (
    ("Edge", r"Edg(?:A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Vivaldi", r"Vivaldi/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Version/[0-9.]+ .*Safari/"),
)
_SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows NT"),
    ("ChromeOS", r"CrOS"),
    ("Mac", r"Macintosh"),
    ("Linux", r"Linux|X11"),
)
UNKNOWN = "Unknown browser"


def name_browser(user_agent: str) -> str:
    """A `User-Agent` (RFC 9110, 10.1.5) as "Firefox on Windows"; what is not known keeps its own first word.

    It is what a program claims, good to recognise one's own browsers by, and no proof of anything.

    >>> name_browser("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    'Firefox on Linux'
    >>> name_browser("curl/8.5.0"), name_browser("")
    ('curl', 'Unknown browser')
    """
    browser = _first_of(_BROWSERS, user_agent)
    system = _first_of(_SYSTEMS, user_agent)
    if browser is None:
        word = re.match(r"[A-Za-z][A-Za-z0-9._-]{0,29}", user_agent)
        browser = word[0] if word and word[0] != "Mozilla" else UNKNOWN
    return browser if system is None else f"{browser} on {system}"


def _first_of(table: tuple[tuple[str, str], ...], user_agent: str) -> str | None:
    return next((name for name, pattern in table if re.search(pattern, user_agent)), None)
