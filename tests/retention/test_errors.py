from __future__ import annotations

from retention.errors import RetentionError, texts


def subclasses(cls: type[RetentionError]) -> set[type[RetentionError]]:
    below = set(cls.__subclasses__())
    return {cls} | below.union(*(subclasses(each) for each in below))


def test_every_code_has_a_german_sentence_and_no_sentence_is_left_over() -> None:
    codes = [cls.code for cls in subclasses(RetentionError)]
    assert sorted(codes) == sorted(texts())
    assert all(text.endswith(".") for text in texts().values())


def test_an_error_speaks_german_and_names_the_place() -> None:
    assert str(RetentionError("Akte 12-1")).endswith("(Akte 12-1)")
