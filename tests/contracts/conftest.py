"""Fixtures of the contracts."""

from tests.contracts.search_engines import begin, reopen

__all__ = ["begin", "reopen"]
