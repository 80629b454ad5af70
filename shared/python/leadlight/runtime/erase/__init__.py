"""A person's right to be forgotten, and to be told: everything held about them, removed or handed over."""

from leadlight.runtime.erase.routes import handle

__all__ = ["handle"]
