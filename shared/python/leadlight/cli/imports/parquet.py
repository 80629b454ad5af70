"""Parquet files, where pyarrow is installed; nothing else needs it."""

from collections.abc import Iterator
from datetime import date, datetime
from math import isfinite
from pathlib import Path
from typing import Any

from leadlight.cli.errors import OperatorError


def open_file(path: Path) -> Any:
    """The file, as pyarrow sees it.

    Raises:
        OperatorError: pyarrow is not installed, or it is no Parquet file.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - of the extra `import`, and only for these files
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise OperatorError(f"{path.name} needs pyarrow: pip install 'leadlight[import]'; or save it as CSV") from error
    try:
        return parquet.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise OperatorError(f"{path} is no Parquet file: {error}") from error


def columns(schema: Any, prefix: str = "") -> list[str]:
    """The names of the plain columns, those of structs under dotted names."""
    found: list[str] = []
    for field in schema:
        inner = [field.type.field(index) for index in range(field.type.num_fields)] if _is_struct(field.type) else []
        found += columns(inner, f"{prefix}{field.name}.") if inner else [prefix + field.name]
    return found


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Every row, a batch in memory at a time; times as ISO 8601, decimals as text; what is no number is absent."""
    for batch in open_file(path).iter_batches():
        for row in _whole_microseconds(batch).to_pylist():
            yield {name: _plain(value) for name, value in row.items()}


def _whole_microseconds(batch: Any) -> Any:
    """Nanoseconds as Python can tell them."""
    import pyarrow as pa  # noqa: PLC0415

    for place, field in enumerate(batch.schema):
        if pa.types.is_timestamp(field.type) and field.type.unit == "ns":
            rounded = batch.column(place).cast(pa.timestamp("us", field.type.tz), safe=False)
            batch = batch.set_column(place, field.name, rounded)
    return batch


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {name: _plain(part) for name, part in value.items()}
        case list():
            return [_plain(part) for part in value]
        case datetime() | date():
            return value.isoformat()
        case float() if not isfinite(value):
            return None
        case None | str() | bool() | int() | float():
            return value
        case _:
            return str(value)


def _is_struct(kind: Any) -> bool:
    import pyarrow as pa  # noqa: PLC0415

    return bool(pa.types.is_struct(kind))
