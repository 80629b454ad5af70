"""A model on one day, at one buying stage: from buckets and fit to a score."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from leadlight.model.structs import STAGES, Grade, Model, SignalCriterion
from leadlight.scoring.adjustment import ROUNDING, Adjustment
from leadlight.scoring.buckets import Buckets
from leadlight.scoring.criterion import SignalScorer
from leadlight.scoring.fit import PLACE as FIT
from leadlight.scoring.memo import Memo
from leadlight.scoring.packed import BIAS, BYTES, MIDDLE, fields
from leadlight.scoring.plan import Explained, Parts, Sums, listed, packed
from leadlight.scoring.score import Contribution, Totals
from leadlight.scoring.weighting import CATEGORIES, Weighting


class AtStage:
    """Scores leads of a buying stage, as of a day. A signal's criteria are made ready when a lead first shows it."""

    def __init__(  # noqa: PLR0913 - made in one place
        self,
        model: Model,
        stage: int,
        weighting: Weighting,
        by_signal: Mapping[str, Sequence[SignalCriterion]],
        as_of: int,
        *,
        longest: int,
    ) -> None:
        self._weighting = weighting
        self._caps = [model.caps[category] for category in CATEGORIES]
        factors = [2 * factor for factor in weighting.factors]  # doubled, so that halves are whole numbers
        self._clamps = [
            (cap + MIDDLE, factor, (cap + MIDDLE) * factor, MIDDLE * factor)
            for cap, factor in zip(self._caps, factors, strict=True)
        ]
        self._start, self._twice = weighting.whole - MIDDLE * sum(factors), 2 * weighting.whole

        def scorers(signal: str) -> Iterator[SignalScorer]:
            for criterion in by_signal.get(signal, ()):
                yield SignalScorer.of(criterion, stage, weighting)

        self._sums = Sums(scorers, as_of, longest=longest)
        self._explained = Explained(scorers, as_of, longest=longest)
        grades = [(percent * self._caps[FIT], grade) for grade, percent in model.grades.items()]

        def by_score(fit: int) -> tuple[Totals, ...]:
            points = min(fit - MIDDLE, self._caps[FIT])
            grade: Grade = next((grade for least, grade in grades if points * 100 >= least), "D")
            return tuple(Totals(score, grade, STAGES[stage]) for score in range(101))

        self._totals = Memo[int, tuple[Totals, ...]](by_score)

    def totals(self, signals: Mapping[str, Buckets], fit: int) -> Totals:
        """The score alone; `fit` is packed."""
        total = self._sums.of(signals, fit + BIAS)
        return self._scored(fields(total.to_bytes(BYTES, "little")))

    def parts(
        self, signals: Mapping[str, Buckets], fit: Sequence[Parts]
    ) -> tuple[Totals, tuple[int, ...], list[Contribution]]:
        """The score, each category's points after its clamp, and the contributions, which add up to the score."""
        given = [*fit, *self._explained.of(signals)]
        biased = fields(sum(map(packed, given), BIAS).to_bytes(BYTES, "little"))
        totals, parts = self._scored(biased), [*chain.from_iterable(map(listed, given))]
        sums, shares = self._clamped(biased, parts)
        if rest := totals.score * 1000 - shares:
            parts.append(Contribution(ROUNDING, 0, rest))
        return totals, sums, parts

    def _scored(self, biased: Sequence[int]) -> Totals:
        weighted = self._start
        for points, (cap, factor, most, least) in zip(biased, self._clamps):  # noqa: B905 - the shares come last
            weighted += most if points > cap else points * factor if points > MIDDLE else least
        score = weighted // self._twice
        if score & 1 and not weighted % self._twice:  # half to even
            score -= 1
        return self._totals[biased[FIT]][score]

    def _clamped(self, biased: Sequence[int], parts: list[Contribution]) -> tuple[tuple[int, ...], int]:
        """Each category's points after its clamp, and the sum of shares; a clamp that took something is a part."""
        *sums, shares = [field - MIDDLE for field in biased]
        place = -1
        for before, cap in zip(sums, self._caps):  # noqa: B905 - called for each score
            place += 1
            if not 0 <= before <= cap:
                after = cap if before > 0 else 0
                share = self._weighting.share(place, after - before)
                parts.append(Contribution(self._clamp(place, before > 0), after - before, share))
                sums[place] = after
                shares += share
        return tuple(sums), shares

    def _clamp(self, place: int, high: bool) -> Adjustment:  # noqa: FBT001
        category, which = CATEGORIES[place], "cap" if high else "floor"
        return Adjustment(f"{category}_{which}", f"{category} {which}", category, self._weighting.weights[place])
