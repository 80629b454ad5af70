"""What of an import is done, so that an interrupted one goes on where it was."""

from pathlib import Path

import msgspec

from leadlight.cli.errors import OperatorError
from leadlight.cli.imports.batches import Batch
from leadlight.cli.imports.rows import Refused


class Sent(msgspec.Struct, frozen=True):
    """What became of one batch; `digest` is of what was sent."""

    batch: int
    digest: str
    received: int
    recorded: int
    refused: list[Refused]


class Checkpoint:
    """A file with one line per batch that the API has answered for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.done = {sent.batch: sent for sent in _read(path)}

    def holds(self, batch: Batch) -> bool:
        """Whether just this batch was answered for; another one of its number is not, and takes its place."""
        sent = self.done.get(batch.number)
        return sent is not None and sent.digest == batch.digest

    def add(self, sent: Sent) -> None:
        """Notes a batch as done."""
        self.done[sent.batch] = sent
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                file.write(b"\n" + msgspec.json.encode(sent) + b"\n")  # a line torn by a crash spoils itself alone
        except OSError as error:
            raise OperatorError(f"the checkpoint can't be written ({error}); choose --checkpoints FOLDER") from error

    def finish(self) -> None:
        """Forgets an import that is through: the next one sends everything again."""
        self.path.unlink(missing_ok=True)


def _read(path: Path) -> list[Sent]:
    """The lines of a checkpoint; the last one may be torn, and then its batch is sent again."""
    found = []
    for line in path.read_bytes().splitlines() if path.exists() else ():
        if not line:
            continue
        try:
            found.append(msgspec.json.decode(line, type=Sent))
        except msgspec.DecodeError:
            continue
    return found
