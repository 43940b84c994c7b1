"""Values that a letter's mentions suggest for the declared fields of its type; the clerk decides when filing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eakte.actions.metadata import told
from eakte.records.metadata import FieldSpec, FieldType, Json
from ingest.model import Mention, MentionKind

_TOTALS = frozenset(
    {"betrag", "rechnungsbetrag", "gesamtbetrag", "bruttobetrag", "endbetrag", "zahlbetrag", "gesamtsumme", "brutto"}
)
"""How letters call what is to be paid in the end."""
_DUE, _ACCOUNT, _TOTAL = "faellig_am", "iban", "betrag"
"""Names of fields in ``config/metadata/rechnung.toml``; others of money are known by their label."""


def suggested(fields: Iterable[FieldSpec], mentions: Sequence[Mention]) -> dict[str, Json]:
    """Return a value for each field that exactly one mention fits; where several do, nothing is guessed."""
    fields = tuple(fields)
    fitting = {spec.name: {each.value for each in mentions if _fits(spec, each)} for spec in fields}
    return told(fields, {name: next(iter(values)) for name, values in fitting.items() if len(values) == 1})


def _fits(spec: FieldSpec, mention: Mention) -> bool:
    if spec.name == _ACCOUNT:
        return mention.kind is MentionKind.IBAN
    if spec.name == _DUE:
        return mention.kind is MentionKind.DEADLINE
    if spec.type is not FieldType.MONEY or mention.kind is not MentionKind.AMOUNT:
        return False
    called = mention.called.casefold()
    return called in _TOTALS if spec.name == _TOTAL else called == spec.label.casefold()
