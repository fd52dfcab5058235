"""Sweeps: many settings of one controller in a study, ranked by what they change of the mean delay."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from zhasyl.optimise.statistics.compare import compare_all
from zhasyl.optimise.statistics.comparison import Comparison, Record
from zhasyl.optimise.statistics.verdict import corrected, judged
from zhasyl.reports.records import by_label
from zhasyl.reports.study.pooled import pooled
from zhasyl.reports.study.situations import MEASURE, Situation
from zhasyl.text.language import _

LEAST_SETTINGS = 3  # of a controller; fewer are compared side by side
DEFAULT = "default"  # a value that neither a label nor a record tells


@dataclass(frozen=True)
class Change:
    """By which share of the reference's mean delay a setting's differs, over all situations; its interval.

    All None where a situation has no value; the interval also below two seeds. `better` and `worse` count verdicts.
    """

    mean: float | None
    low: float | None
    high: float | None
    better: int
    worse: int


@dataclass(frozen=True)
class Sweep:
    """Settings of one controller, compared with `reference`, a label: in each situation, and in all together.

    `parameters` are those that vary; `values` has the text of each, by label. `against` has the comparisons of delay
    by situation and label, without the reference's own.
    """

    controller: str
    fixed: str  # parameters that all settings have alike, as a label has them
    parameters: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]
    reference: str
    against: Sequence[Mapping[str, Comparison]]
    changes: Mapping[str, Change]
    is_best: bool = False  # is the reference the best setting, for want of a better one?

    @property
    def title(self) -> str:
        """The controller with what all its settings have alike."""
        return f"{self.controller}:{self.fixed}" if self.fixed else self.controller

    @property
    def compared_with(self) -> str:
        """The reference in words: another controller, or one of the settings."""
        if self.reference == self.title:
            return _("its defaults")
        return _("the best of its settings") if self.is_best else self.reference

    def ranked(self, place: int | None = None) -> list[str]:
        """The labels of a situation, or of all together, the least delay first; those without a value last."""
        place = 0 if len(self.against) == 1 else place
        shares = {
            label: self.changes[label].mean if place is None else self._share(place, label)
            for label in self.values
            if place is None or label == self.reference or label in self.against[place]
        }
        return sorted(shares, key=lambda label: math.inf if (share := shares[label]) is None else share)

    def _share(self, place: int, label: str) -> float | None:
        return 0.0 if label == self.reference else share(self.against[place].get(label))


def share(one: Comparison | None) -> float | None:
    """A difference as a share of the reference's mean; None where there is none."""
    if one is None or one.difference is None or not one.baseline_mean:
        return None
    return one.difference / one.baseline_mean


def sweeps(places: Sequence[Situation], baseline: str, terms: Comparison) -> list[Sweep]:
    """The controllers of which a study has LEAST_SETTINGS settings or more; who plays several files is no sweep.

    The reference is the baseline if it is one of the settings, else the defaults of what varies if they are, else the
    best setting. `terms` is any comparison of the study: the same minimum effect and confidence hold. Verdicts against
    the baseline are the study's own; others are corrected as a family of their own, which for the best is every pair.
    """
    firsts: dict[str, Record] = {}
    for place in places:
        for record in place.records:
            firsts.setdefault(str(record["label"]), record)
    kinds: dict[str, dict[str, Record]] = {}
    for label, record in firsts.items():
        kinds.setdefault(label.partition(":")[0], {})[label] = record
    return [
        _sweep(name, own, places, baseline, terms)
        for name, own in kinds.items()
        if len(own) >= LEAST_SETTINGS and not _plays_files(own.values())
    ]


def _plays_files(settings: Iterable[Record]) -> bool:
    """Do the settings differ by the files they are given? Those are compared one by one, as controllers are."""
    return len({str(one.get("files")) for one in settings}) > 1


def _sweep(
    name: str, own: Mapping[str, Record], places: Sequence[Situation], baseline: str, terms: Comparison
) -> Sweep:
    given = {label: parameters_of(label) for label in own}
    keys = list(dict.fromkeys(key for values in given.values() for key in values))
    told = {key: [_value(key, given[label], own[label]) for label in own] for key in keys}
    varied = tuple(key for key in keys if len(set(told[key])) > 1)
    fixed = ",".join(f"{key}={told[key][0]}" for key in keys if key not in varied)
    values = {label: tuple(told[key][index] for key in varied) for index, label in enumerate(own)}
    plain = Sweep(name, fixed, varied, values, "", [], {})
    swept = [place for place in places if own.keys() & place.outcomes.keys()]
    default = baseline if baseline in own else _defaults(given, varied, swept)
    if default:
        known = _known(own, places) if default == baseline else _judged(own, places, default, terms)
        return _compared(plain, places, default, known, terms)
    found = _compared(plain, places, baseline, _known(own, places), terms)
    best = found.ranked()[0]
    if not all(best in place.outcomes for place in swept):
        return found
    passed_over = len(swept) * (len(own) - 1) * (len(own) - 2) // 2
    known = _judged(own, places, best, terms, passed_over)
    return replace(_compared(plain, places, best, known, terms), is_best=True)


def _compared(
    plain: Sweep, places: Sequence[Situation], reference: str, known: Iterable[Comparison], terms: Comparison
) -> Sweep:
    found = {(one.situation, one.controller): one for one in known}
    against = [
        {label: found[place.place, label] for label in plain.values if (place.place, label) in found}
        for place in places
    ]
    changes = {label: _change(label, places, reference, against, terms) for label in plain.values}
    return replace(plain, reference=reference, against=against, changes=changes)


def _known(own: Iterable[str], places: Iterable[Situation]) -> list[Comparison]:
    """The study's own comparisons with its baseline."""
    outcomes = [place.outcomes[label] for place in places for label in own if label in place.outcomes]
    return [one.against for one in outcomes if one.against is not None]


def _judged(
    own: Iterable[str], places: Iterable[Situation], reference: str, terms: Comparison, passed_over: int = 0
) -> list[Comparison]:
    """Comparisons with one of the settings."""
    labels = set(own)
    runs = [run for place in places for run in place.records if run["label"] in labels]
    found = compare_all(runs, reference, [MEASURE], min_effect=terms.min_effect, confidence=terms.confidence)
    return [judged(one) for one in corrected(found, passed_over)]


def _defaults(given: Mapping[str, Mapping[str, str]], varied: Sequence[str], swept: Sequence[Situation]) -> str:
    """The setting that leaves all that varies as it is by default, if it was run wherever others were; else ''."""
    own = [label for label, values in given.items() if not values.keys() & set(varied)]
    return own[0] if own and all(own[0] in place.outcomes for place in swept) else ""


def parameters_of(label: str) -> dict[str, str]:
    """The parameters that a label names: 'max-pressure:interval_s=5' has interval_s '5'."""
    found: dict[str, str] = {}
    for part in label.partition(":")[2].split(","):
        key, separator, value = part.partition("=")
        if separator:
            found[key] = value
        elif found:  # a value with a comma
            last = next(reversed(found))
            found[last] = f"{found[last]},{part}"
    return found


def _value(key: str, given: Mapping[str, str], record: Record) -> str:
    """A parameter's value in a label; where that does not say, the one that its record has."""
    if key in given:
        return given[key]
    known = record.get("parameters")
    value = known.get(key) if isinstance(known, Mapping) else None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:g}"
    return value if isinstance(value, str) and value else DEFAULT


def _change(
    label: str,
    places: Sequence[Situation],
    reference: str,
    against: Sequence[Mapping[str, Comparison]],
    terms: Comparison,
) -> Change:
    """What a setting changes over all situations in which its controller has settings."""
    if label == reference:
        return Change(0.0, None, None, 0, 0)
    verdicts = [one[label].verdict for one in against if label in one]
    runs = [by_label(place.records) for place, one in zip(places, against, strict=True) if one]
    found = pooled([(own.get(reference, []), own.get(label, [])) for own in runs], terms.confidence)
    return Change(found.mean, found.low, found.high, verdicts.count("better"), verdicts.count("worse"))


def as_number(text: str) -> float | None:
    """A parameter's value, if it is a finite number."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
