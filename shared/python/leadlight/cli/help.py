"""The end of a command's help, which click must not wrap."""

STACK = "--url https://abc123.execute-api.eu-west-1.amazonaws.com"


def examples(*lines: str) -> str:
    """Commands to copy."""
    return block("Example:" if len(lines) == 1 else "Examples:", *(f"  leadlight {line}" for line in lines))


def block(*lines: str) -> str:
    """Lines that stay as they are: click reads the backspace as such."""
    return "\b\n" + "\n".join(lines)
