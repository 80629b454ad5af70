"""The eight mechanisms that the promises rest on: without one of them the real code is caught."""

import shutil

import pytest

from tests.simulation.mutate import MUTATIONS, ROOT, Edit, Mutation, caught, copied, main, run


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: each.name)
def test_without_a_mechanism_a_seed_breaks_its_promise(mutation: Mutation) -> None:
    """The source is changed, and another process runs it until the promise breaks."""
    [(_, found)] = run([mutation])
    assert found.seed >= 0, f"survived: {mutation.says}"
    assert found.promise == mutation.promise


def test_a_mutation_that_fits_nowhere_is_an_error(tmp_path) -> None:
    """A mechanism that was rewritten must not seem to be covered, and the tree is as before."""
    tree = copied(str(tmp_path))
    lane = tree / "state/lane.py"
    before = lane.read_text()
    edits = [Edit("state/lane.py", "RING = 12", "RING = 11"), Edit("state/lane.py", "no such text", "")]
    with pytest.raises(LookupError, match="mend the mutation"):
        caught(Mutation("stale", "nothing", "counts", edits), tree, seeds=1)
    assert lane.read_text() == before
    shutil.rmtree(tree)


def test_the_command_teaches(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--list` tells what each of the eight changes, `--help` how to run one."""
    monkeypatch.setattr("sys.argv", ["mutate", "--list"])
    main()
    assert len(capsys.readouterr().out.splitlines()) == len(MUTATIONS) == 8
    monkeypatch.setattr("sys.argv", ["mutate", "--help"])
    with pytest.raises(SystemExit):
        main()
    shown = capsys.readouterr().out
    assert all(mutation.name in " ".join(shown.split()) for mutation in MUTATIONS)
    assert "--only" in shown
    assert (ROOT / "shared/python/leadlight").is_dir()
