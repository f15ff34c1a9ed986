"""The quadrant: is a department of one mind, and is it the executives' mind? Needs numpy."""

from uuid import UUID

from app.domain.alignment.distances import NEGLIGIBLE, measure_distance, round_estimate
from app.domain.alignment.facts import Corner, Distance, Quadrant, Stand, Verdict
from app.domain.alignment.groups import Group, Grouping
from app.domain.alignment.wording import join_words, word_distance, word_points
from app.domain.conflicts import benjamini_hochberg
from app.domain.consensus import estimate_consensus

# From here on a group counts as agreed among itself (convention: moderate agreement).
AGREED = 0.5
_FALSE_SHARE = 0.05
_MOST_NAMED = 3


def place_departments(grouping: Grouping) -> Quadrant:
    """Each department by agreement inside (r̄ with its jackknife interval) and distance to the executives (G).

    Away are departments whose gap chance seldom explains, all departments judged together
    (Benjamini–Hochberg, 5 %), and whose interval lies above .05. Without enough executives there is no
    distance.
    """
    executives = grouping.executives
    distances = {
        key: Distance(Verdict.FEW)
        if executives is None
        else measure_distance(executives, group, grouping.minimum)
        for key, group in grouping.departments.items()
    }
    rejected = benjamini_hochberg([each.p for each in distances.values()], _FALSE_SHARE)
    away = {
        key
        for (key, distance), is_rejected in zip(distances.items(), rejected, strict=True)
        if is_rejected and distance.low is not None and distance.low > NEGLIGIBLE
    }
    stands = tuple(
        _place_department(key, group, distances[key], is_away=key in away)
        for key, group in grouping.departments.items()
    )
    n_executives = 0 if executives is None else len(executives.people)
    return Quadrant(_say_quadrant(stands, n_executives), stands, n_executives, grouping.hidden)


def _place_department(key: UUID, group: Group, distance: Distance, *, is_away: bool) -> Stand:
    if group.is_alike:
        sentence = f"Nearly everyone in {group.name} gave the same order, so no figures are shown."
        return Stand(key, group.name, len(group.people), None, None, None, distance, Corner.UNKNOWN, sentence)
    inside = round_estimate(estimate_consensus(group.people))
    corner = _find_corner(inside.value, distance, is_away=is_away)
    sentence = _say_stand(group.name, inside.value, distance, corner)
    size = len(group.people)
    return Stand(key, group.name, size, inside.value, inside.low, inside.high, distance, corner, sentence)


def _find_corner(agreement: float | None, distance: Distance, *, is_away: bool) -> Corner:
    if agreement is None or distance.gap is None:
        return Corner.UNKNOWN
    if agreement >= AGREED:
        return Corner.ELSEWHERE if is_away else Corner.TOGETHER
    return Corner.SPLIT if is_away else Corner.SCATTERED


_SAID = {
    Corner.TOGETHER: "is of one mind, and no distance to the executives is shown",
    Corner.ELSEWHERE: "is of one mind, but around other priorities than the executives",
    Corner.SCATTERED: "does not agree among itself; no distance to the executives is shown",
    Corner.SPLIT: "does not agree among itself and stands away from the executives",
}


def _say_stand(name: str, agreement: float | None, distance: Distance, corner: Corner) -> str:
    if agreement is None:
        return f"{name}: too few to say."
    inside = f"agreement {word_points(agreement)}"
    if corner is Corner.UNKNOWN:
        return f"{name}: {inside}; too few executives answered to say how far it is from them."
    return f"{name} {_SAID[corner]} ({inside}; {word_distance(distance)})."


def _say_quadrant(stands: tuple[Stand, ...], executives: int) -> str:
    if not stands:
        return "Too few answers from any department to say how departments stand."
    if not executives:
        return "Too few executives answered to say how far departments are from them."
    parts = []
    for corner, words in (
        (Corner.ELSEWHERE, "united, but around other priorities than the executives"),
        (Corner.SPLIT, "neither agreed nor near the executives"),
        (Corner.SCATTERED, "not agreed among themselves"),
    ):
        names = [stand.name for stand in stands if stand.corner is corner]
        if names:
            shown = names[:_MOST_NAMED]
            more = [f"{len(names) - len(shown)} more"] if len(names) > len(shown) else []
            verb = "is" if len(names) == 1 else "are"
            words = words.replace("themselves", "itself") if len(names) == 1 else words
            parts.append(f"{join_words([*shown, *more])} {verb} {words}")
    if not parts:
        return "No department is shown to stand away from the executives or to be at odds with itself."
    said = "; ".join(parts)
    return f"{said[:1].upper()}{said[1:]}."
