"""The deployed stack on an embedded emulator: one command, nothing left behind."""
