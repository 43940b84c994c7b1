"""Fixtures of the tests that ask every engine."""

from tests.contracts.search_engines import reopen

__all__ = ["reopen"]
