"""What was learned, as the proposing of an item asks for it; models are loaded once and kept by their hash."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from eakte.actions.learning import serving_versions
from eakte.actions.proposals import SURE, Read
from eakte.records.learning import ModelKind
from eakte.store.learning import ModelVersion, serving
from ingest.learning import TextModel, proposed
from ingest.model import Proposal
from ingest.odds import SHIPPED, Odds
from ingest.odds_learning import load_odds

LOG = logging.getLogger(__name__)
KEPT = 16
"""Models kept in memory, some megabytes each."""
MOST_UNITS = 3
_WHAT = {ModelKind.DOCUMENT_TYPE: "als „{}“", ModelKind.FILE_PLAN_UNIT: "unter {}"}


class Files(Protocol):
    """The part of the object store that models are read from."""

    def path(self, sha256: str) -> AbstractContextManager[Path]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Learned:
    """The models of all units, read from the object store when they are asked for."""

    objects: Files
    _kept: dict[str, TextModel | Odds | None] = field(default_factory=dict)

    def weighed(self, session: Session, org_unit_id: UUID, read: Read, text: str) -> Read:
        """Return what was read with document type and file plan units as rules and models say together."""
        versions = serving_versions(session, org_unit_id)
        return replace(
            read,
            document_type=self._document_type(versions.get(ModelKind.DOCUMENT_TYPE), read, text),
            file_plan_units=self._units(versions.get(ModelKind.FILE_PLAN_UNIT), read, text),
        )

    def _document_type(self, version: ModelVersion | None, read: Read, text: str) -> Proposal | None:
        seen = version.seen if version else {}
        what = _WHAT[ModelKind.DOCUMENT_TYPE]
        return proposed(self.model(version), text, read.ruled_type, seen, what=what)

    def _units(self, version: ModelVersion | None, read: Read, text: str) -> tuple[Proposal, ...]:
        ruled = read.ruled_units
        if version is None or (ruled and ruled[0].confidence * 100 >= SURE):
            return ruled  # a reference that was read says more than any likeness
        first = proposed(
            self.model(version), text, ruled[0] if ruled else None, version.seen, what=_WHAT[ModelKind.FILE_PLAN_UNIT]
        )
        units = {one.value: one for one in (first, *ruled) if one is not None}
        return tuple(units.values())[:MOST_UNITS]

    def model(self, version: ModelVersion | None) -> TextModel | None:
        """Return the model of a version; a file that is gone or broken leaves the rules alone."""
        found = self._of(version, TextModel.load)
        return found if isinstance(found, TextModel) else None

    def odds(self, session: Session, org_unit_id: UUID) -> Odds:
        """Return how far each piece of evidence for a case file is trusted at a unit's inbox."""
        return self.odds_of(serving(session, org_unit_id, ModelKind.CASE_FILE))

    def odds_of(self, version: ModelVersion | None) -> Odds:
        """Return the odds of a version; without one, or if its file is gone or broken, those shipped."""
        found = self._of(version, load_odds)
        return found if isinstance(found, Odds) else SHIPPED

    def _of(self, version: ModelVersion | None, load: Callable[[Path], TextModel | Odds]) -> TextModel | Odds | None:
        if version is None:
            return None
        if version.sha256 not in self._kept:
            while len(self._kept) >= KEPT:
                self._kept.pop(next(iter(self._kept)), None)
            self._kept[version.sha256] = self._load(version, load)
        return self._kept[version.sha256]

    def _load(self, version: ModelVersion, load: Callable[[Path], TextModel | Odds]) -> TextModel | Odds | None:
        try:
            with self.objects.path(version.sha256) as file:
                return load(file)
        except (OSError, ValueError, LookupError):
            LOG.exception("model %s cannot be read; the rules alone speak", version.id)
            return None
