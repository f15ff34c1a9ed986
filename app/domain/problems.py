"""The shape in which a rule of the domain says what is wrong with an input. The rules live elsewhere."""

from typing import NamedTuple


class Problem(NamedTuple):
    """One broken rule: the field (`scale/min` for a nested one), a stable code, and words for people."""

    field: str
    code: str
    sentence: str
