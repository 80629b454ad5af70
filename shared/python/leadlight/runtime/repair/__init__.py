"""What could not be taken in is tried again; what is stored is checked against the facts, and made anew from them."""

from leadlight.runtime.repair.routes import handle

__all__ = ["handle"]
