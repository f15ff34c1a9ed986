"""When two titles or names are the same to the eye, and when nearly so. Which rule asks is elsewhere."""

import unicodedata


def normal_form(text: str) -> str:
    """NFKC, casefolded, each run of characters other than letters and digits one space, trimmed.

    Letters and digits are Unicode's categories L and N; so a combining mark that NFKC leaves is a space.
    Empty for a text without any. Source: linkage.md, "Exactly".

    >>> normal_form("  Cut  Ｄelivery-time, by 10 %! ")
    'cut delivery time by 10'
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = (letter if letter.isalnum() else " " for letter in folded)
    return " ".join("".join(kept).split())
