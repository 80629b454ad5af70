"""One secret for every source."""

SECRET = "simulated"


class MemorySecrets:
    def of(self, source: str) -> str:
        return SECRET
