"""What somebody typed into a search field: its words, and patterns that forgive a slip of the finger."""

MOST_WORDS = 6
LONGEST_WORD = 24
_SHORTEST_FORGIVEN = 5
_SPECIAL = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


def split_search(typed: str) -> list[str]:
    """The words of a search, small letters, at most 6 of at most 24 characters; control characters part them.

    Whatever is typed is a search: nothing is refused, what is too much is left out.

    >>> split_search("  On-Time\\x00 100% ")
    ['on-time', '100%']
    """
    plain = "".join(letter if letter.isprintable() else " " for letter in typed.lower())
    return [word[:LONGEST_WORD] for word in plain.split()[:MOST_WORDS]]


def list_near_patterns(word: str) -> list[str]:
    """LIKE patterns of everything that holds the word with one slip: a letter wrong, missing, or too many.

    Two neighbours in the wrong order are a slip, too. Words of fewer than 5 characters are taken as they
    are: with a slip they would fit nearly anything. The first pattern is the word itself; `%` and `_` in it
    stand for themselves (escaped by a backslash).

    >>> list_near_patterns("abcd")
    ['%abcd%']
    >>> list_near_patterns("abcde")[:4]
    ['%abcde%', '%_bcde%', '%bcde%', '%_abcde%']
    """
    letters = [letter.translate(_SPECIAL) for letter in word]
    slips = [letters]
    if len(letters) >= _SHORTEST_FORGIVEN:
        for place in range(len(letters)):
            before, after = letters[:place], letters[place + 1 :]
            slips.append([*before, "_", *after])
            slips.append([*before, *after])
            slips.append([*before, "_", letters[place], *after])
            slips.append([*before, *reversed(letters[place : place + 2]), *letters[place + 2 :]])
    return list(dict.fromkeys("%" + "".join(each) + "%" for each in slips))
