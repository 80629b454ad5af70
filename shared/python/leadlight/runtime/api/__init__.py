"""The API: read leads with their reasons, the ranking, and the KPIs."""

from leadlight.runtime.api.routes import handle

__all__ = ["handle"]
