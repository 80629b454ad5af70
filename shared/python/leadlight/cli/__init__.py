"""The operator's commands. They need the extra `cli`, and are no part of what runs in a function."""
