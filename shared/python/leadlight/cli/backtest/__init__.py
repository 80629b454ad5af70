"""Scores held against what became of the leads."""
