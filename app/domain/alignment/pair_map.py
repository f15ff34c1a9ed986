"""The map of pairs: which two departments see different priorities, and which these are. Needs numpy."""

from dataclasses import replace
from itertools import combinations
from uuid import UUID

from app.domain.alignment.distances import NEGLIGIBLE, measure_distance
from app.domain.alignment.facts import MapGroup, Pair, PairMap
from app.domain.alignment.groups import Group, Grouping, average_ranks
from app.domain.alignment.rows import SurveyRow
from app.domain.alignment.wording import word_distance
from app.domain.conflicts import benjamini_hochberg

# More rows could not be read, and take minutes.
MOST_GROUPS = 20
_FALSE_SHARE = 0.05
EXECUTIVES_NAME = "Executives"


def draw_pairs(grouping: Grouping, survey: SurveyRow) -> PairMap:
    """The gap of each two groups, the executives and the largest departments, like by like.

    All pairs are judged together (Benjamini–Hochberg, 5 %); a pair stands out if chance seldom explains it
    and its interval lies above .05. Of those the two priorities are named that most divide them.
    """
    keyed: list[tuple[UUID | None, Group]] = [*grouping.departments.items()]
    if grouping.executives is not None:
        keyed.insert(0, (None, replace(grouping.executives, name=EXECUTIVES_NAME)))
    largest = sorted(keyed, key=lambda item: (-len(item[1].people), item[1].name))[:MOST_GROUPS]
    pairs = _judge_pairs([group for _, group in largest], grouping.minimum, survey)
    order = _order_groups(len(largest), pairs)
    place = {old: new for new, old in enumerate(order)}
    groups = tuple(
        MapGroup(largest[old][0], largest[old][1].name, len(largest[old][1].people)) for old in order
    )
    turned = tuple(_turn_pair(pair, place) for pair in pairs)
    ordered = tuple(sorted(turned, key=lambda pair: (pair.first, pair.second)))
    return PairMap(_say_pairs(groups, ordered), groups, ordered, len(keyed) - len(largest))


def _judge_pairs(groups: list[Group], minimum: int, survey: SurveyRow) -> list[Pair]:
    distances = {
        (one, other): measure_distance(groups[one], groups[other], minimum)
        for one, other in combinations(range(len(groups)), 2)
    }
    rejected = benjamini_hochberg([each.p for each in distances.values()], _FALSE_SHARE)
    found = []
    for ((one, other), distance), is_rejected in zip(distances.items(), rejected, strict=True):
        stands_out = is_rejected and distance.low is not None and distance.low > NEGLIGIBLE
        wants = _find_division(groups[one], groups[other], survey) if stands_out else (None, None)
        found.append(Pair(one, other, distance, stands_out, *wants))
    return found


def _find_division(first: Group, second: Group, survey: SurveyRow) -> tuple[str, str]:
    """What the first puts further ahead than the second, and the other way round."""
    ranks = zip(average_ranks(first.people), average_ranks(second.people), strict=True)
    ahead = [theirs - ours for ours, theirs in ranks]
    return (
        survey.options[ahead.index(max(ahead))].text,
        survey.options[ahead.index(min(ahead))].text,
    )


def _order_groups(count: int, pairs: list[Pair]) -> list[int]:
    """Those who are near to most first, those who stand apart last."""
    far = [0.0] * count
    for pair in pairs:
        for group in (pair.first, pair.second):
            far[group] += pair.distance.gap or 0.0
    return sorted(range(count), key=lambda group: far[group])


def _turn_pair(pair: Pair, place: dict[int, int]) -> Pair:
    first, second = place[pair.first], place[pair.second]
    if first < second:
        return replace(pair, first=first, second=second)
    return replace(
        pair, first=second, second=first, first_wants=pair.second_wants, second_wants=pair.first_wants
    )


def _say_pairs(groups: tuple[MapGroup, ...], pairs: tuple[Pair, ...]) -> str:
    known = [pair for pair in pairs if pair.distance.gap is not None]
    if not known:
        return "Too few answers from two groups to compare any."
    apart = sorted((pair for pair in known if pair.stands_out), key=lambda pair: -(pair.distance.gap or 0))
    of = f"Of {len(known)} pairs" if len(known) > 1 else "Of the one pair"
    if not apart:
        return f"{of} none stands out: no difference between groups is shown beyond chance."
    count = "one stands out" if len(apart) == 1 else f"{len(apart)} stand out"
    common = {apart[0].first, apart[0].second}.intersection(*({pair.first, pair.second} for pair in apart))
    whose = f", all with {groups[min(common)].name}" if len(apart) > 1 and common else ""
    return f"{of} {count}{whose}. {_say_pair(groups, apart[0])}"


def _say_pair(groups: tuple[MapGroup, ...], pair: Pair) -> str:
    first, second = groups[pair.first].name, groups[pair.second].name
    furthest = f"Furthest apart are {first} and {second} ({word_distance(pair.distance)})"
    return f"{furthest}: “{pair.first_wants}” stands higher for {first}, “{pair.second_wants}” for {second}."
