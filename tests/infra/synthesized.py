"""A stack as the tests look at it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aws_cdk.assertions import Template


@dataclass(frozen=True, kw_only=True)
class Synthesized:
    """One stack of the app: for assertions, as a plain document, and as the file that deploys."""

    template: Template
    document: dict[str, Any]
    path: Path

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """The properties of all resources of one type by logical id."""
        resources = self.document["Resources"].items()
        return {name: resource["Properties"] for name, resource in resources if resource["Type"] == kind}

    def one(self, kind: str, part: str) -> dict[str, Any]:
        """The properties of the one resource of a type whose logical id has that part."""
        (found,) = (properties for name, properties in self.of_type(kind).items() if part in name)
        return found
