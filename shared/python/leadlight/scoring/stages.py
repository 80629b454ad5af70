"""The buying stage: the furthest with a condition that holds on the day."""

from collections.abc import Mapping, Sequence
from functools import partial

from leadlight.model.structs import STAGES, BuyingStage, Model, StageCondition
from leadlight.scoring.buckets import Buckets, bucket_of
from leadlight.scoring.memo import Memo

Condition = tuple[int, StageCondition]  # the place of its stage


class Stages:
    """The buying stage of a lead on a day."""

    def __init__(self, conditions: Sequence[Condition], as_of: int) -> None:
        self._tests = [
            (stage, asked.signal, asked.at_least, Memo[int, int](partial(_counted, as_of, asked.days)))
            for stage, asked in conditions
        ]

    def of(self, signals: Mapping[str, Buckets]) -> int:
        """The place of the stage in the order of stages."""
        for stage, signal, least, counted in self._tests:
            if buckets := signals.get(signal):
                count = 0
                for bucket in buckets:
                    count += counted[bucket]
                if count >= least:
                    return stage
        return 0


def conditions(model: Model) -> list[Condition]:
    """The conditions with their stages, those of the furthest stage first."""
    return [
        (STAGES.index(stage), condition)
        for stage in (BuyingStage.DECISION, BuyingStage.CONSIDERATION)
        for condition in model.buying_stages.get(stage, ())
    ]


def _counted(as_of: int, within: int, bucket: int) -> int:
    day, count = bucket_of(bucket)
    return count if 0 <= as_of - day < within else 0
