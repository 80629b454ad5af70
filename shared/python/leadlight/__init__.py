"""Leadlight: one explainable score per lead."""
