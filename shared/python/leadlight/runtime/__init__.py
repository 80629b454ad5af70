"""The use cases, one module each, and the wiring that gives them their adapters."""
