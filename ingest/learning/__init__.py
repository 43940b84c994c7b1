"""Learning from what clerks decide: text in, label with an honest probability and its reason out.

A model is plain numbers (``.npz`` without pickle, or JSON), trained from examples alone and never changed afterwards.
"""

from __future__ import annotations

from ingest.errors import NotEnoughExamples
from ingest.learning.model import Guess, TextModel
from ingest.learning.propose import proposed
from ingest.learning.train import Example, train

__all__ = ["Example", "Guess", "NotEnoughExamples", "TextModel", "proposed", "train"]
