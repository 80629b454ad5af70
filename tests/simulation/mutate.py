"""Takes one mechanism of the real code away at a time, and sees that the simulation catches it.

Each mutation is a change of the source, made on a copy of the tree that is gone afterwards. Its seeds run in a process
of their own until one breaks the promise that the mechanism keeps.

Examples:
  python -m tests.simulation.mutate                      all of them; exit code 1 where one survives
  python -m tests.simulation.mutate --only "no floor"    one; may be given several times
  python -m tests.simulation.mutate --list               what each changes
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from tests.simulation.hunt import Caught

ROOT = Path(__file__).resolve().parents[2]
LAYER = Path("shared/python")
SEEDS = 1_000


class Edit(NamedTuple):
    """A text of a file of the layer, which is there once, and what stands there instead."""

    path: str
    was: str
    becomes: str


class Mutation(NamedTuple):
    """What is taken away, and the promise that breaks. `course`: the simulation that does what it is about."""

    name: str
    says: str
    promise: str
    edits: Sequence[Edit]
    course: str = "general"


_APPLY, _LANE, _RESCORE = "state/apply.py", "state/lane.py", "runtime/rescore.py"
_PUT = "        membership.join(after, ports, was=was)\n        ports.leads.put(after)\n"
_AS_STORED = "list(_as_stored(told, ports))"

MUTATIONS: Sequence[Mutation] = (
    Mutation(
        "no floor",
        "a key below the floor counts as one that never came",
        "counts",
        [Edit(_APPLY, "elif key <= lane.floor:", "elif key <= lane.floor[:0]:")],
    ),
    Mutation(
        "no recount",
        "a day of late facts is not counted again",
        "counts",
        [Edit(_APPLY, "        _recount(fold, day, facts_on(day), reading)\n", "        facts_on(day)\n")],
    ),
    Mutation(
        "no version condition",
        "a state is put over whatever was saved since it was read",
        "counts",
        [
            Edit(
                _RESCORE,
                _PUT,
                "        membership.join(after, ports, was=was)\n"
                "        newest = ports.leads.get(after.lead_id, consistent=True)\n"
                "        after.version = newest.version if newest else 0\n"
                "        ports.leads.put(after)\n",
            )
        ],
    ),
    Mutation(
        "ring by arrival",
        "the ring holds the last keys to arrive, not the highest",
        "counts",
        [
            Edit(_LANE, "        insort(self.ring, key)\n", "        self.ring.append(key)\n"),
            Edit(
                _LANE,
                "        return place < len(self.ring) and self.ring[place] == key\n",
                "        return place >= 0 and key in self.ring\n",
            ),
        ],
    ),
    Mutation(
        "floor not raised on eviction",
        "a key that leaves the ring is forgotten",
        "counts",
        [Edit(_LANE, "self.floor = max(self.floor, evicted)", "self.floor = max(self.floor, b'')")],
    ),
    Mutation(
        "publish before save",
        "decisions go to the bus before the put that takes them",
        "events",
        [
            Edit(
                _RESCORE,
                _PUT,
                "        from leadlight.events import event_of\n"
                "        from leadlight.lifecycle.decision import decode\n"
                "        ports.bus.put([event_of(each) for each in decode(after.outbox) if not each.silent])\n" + _PUT,
            )
        ],
    ),
    Mutation(
        "TTL removals recounted",
        "a fact that expired is news of its lead, whose fold is made anew without it",
        "folds",
        [Edit("runtime/news.py", "    if expired_by_ttl(record):\n        return\n", "")],
    ),
    Mutation(
        "redrive applies the image",
        "a record that was given up is brought in as it was, and taken at its word",
        "folds",
        [
            Edit("runtime/repair/redeliver.py", _AS_STORED, "told"),
            Edit("runtime/repair/redeliver.py", "        news.anew = True\n", ""),
            Edit(_RESCORE, "retold.as_stored(state.lead_id, changes, state.fold, ports)", "list(changes)"),
        ],
        course="redrive",
    ),
)


def caught(mutation: Mutation, tree: Path, *, seeds: int) -> Caught:
    """Applies a mutation to the tree, hunts, and takes it back."""
    kept = {edit.path: (tree / edit.path).read_text() for edit in mutation.edits}
    try:
        for edit in mutation.edits:
            _apply(edit, tree)
        return _hunt(mutation, tree, seeds=seeds)
    finally:
        for path, text in kept.items():
            (tree / path).write_text(text)


def _apply(edit: Edit, tree: Path) -> None:
    place = tree / edit.path
    text = place.read_text()
    if text.count(edit.was) != 1:
        raise LookupError(
            f"{edit.path}: {edit.was!r} is there {text.count(edit.was)} times, not once: mend the mutation"
        )
    place.write_text(text.replace(edit.was, edit.becomes))


def _hunt(mutation: Mutation, tree: Path, *, seeds: int) -> Caught:
    command = [sys.executable, "-B", "-m", "tests.simulation.hunt", "--json", "--seeds", str(seeds)]
    done = subprocess.run(
        [*command, "--course", mutation.course, "--promise", mutation.promise],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{tree.parent}{os.pathsep}{ROOT}"},
        stdout=subprocess.PIPE,
        check=False,
    )
    if not done.stdout:
        raise RuntimeError(f"{mutation.name}: the hunt ended with {done.returncode} and said nothing")
    return msgspec.json.decode(done.stdout, type=Caught)


def copied(folder: str) -> Path:
    """A copy of the layer's package below a folder."""
    ignore = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(ROOT / LAYER / "leadlight", Path(folder) / "leadlight", ignore=ignore))


def run(mutations: Sequence[Mutation], *, seeds: int = SEEDS) -> Iterator[tuple[Mutation, Caught]]:
    """Each mutation with the seed that caught it."""
    with tempfile.TemporaryDirectory() as folder:
        tree = copied(folder)
        for mutation in mutations:
            yield mutation, caught(mutation, tree, seeds=seeds)


def main() -> None:
    """Exits 1 where a mutation survives."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulation.mutate", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    names = [mutation.name for mutation in MUTATIONS]
    parser.add_argument("--only", action="append", choices=names, metavar="NAME", help=f"one of: {', '.join(names)}")
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"how many seeds each gets ({SEEDS})")
    parser.add_argument("--list", action="store_true", help="what each changes; nothing is run")
    asked = parser.parse_args()
    chosen = [mutation for mutation in MUTATIONS if asked.only is None or mutation.name in asked.only]
    if asked.list:
        for mutation in chosen:
            print(f"{mutation.name}: {mutation.says} ({', '.join(sorted({edit.path for edit in mutation.edits}))})")
        return
    survived = False
    for mutation, found in run(chosen, seeds=asked.seeds):
        survived |= found.seed < 0
        print(f"{mutation.name}: {mutation.says}")
        if found.seed < 0:
            print(f"  SURVIVED {asked.seeds} seeds of the {mutation.course} simulation: the {mutation.promise} hold")
        else:
            print(f"  caught by seed {found.seed}, after {found.seed + 1}: {found.promise}: {found.what:.160}")
    sys.exit(survived)


if __name__ == "__main__":
    main()
