"""Reading the documents that people write: YAML, checked by pydantic, turned into the published form.

Never imported in a function: a stack reads the published form only.
"""

from leadlight.model.document.finding import Finding
from leadlight.model.document.read import (
    DEFAULT_CATALOGUE,
    DEFAULT_MODEL,
    build_documents,
    read_catalogue,
    read_documents,
    read_model,
)
from leadlight.model.document.review import Review, review
from leadlight.model.document.tree import InvalidDocument

__all__ = [
    "DEFAULT_CATALOGUE",
    "DEFAULT_MODEL",
    "Finding",
    "InvalidDocument",
    "Review",
    "build_documents",
    "read_catalogue",
    "read_documents",
    "read_model",
    "review",
]
