import click


class OperatorError(click.ClickException):
    """Something that the operator can mend; the message says how. Exit code 1."""
