"""Letters to a fictional city: deterministic by seed, with known truth, for demo, tests and benchmarks."""

from eakte.demo.letters.generator import Letter, letters
from eakte.demo.letters.spec import Carrier, LetterSpec, Printed, Shape

__all__ = ["Carrier", "Letter", "LetterSpec", "Printed", "Shape", "letters"]
