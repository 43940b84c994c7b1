"""Every operation of the interface: each noun brings its lines."""

from __future__ import annotations

from eakte.api.operation import Operation
from eakte.api.v1 import case_files, file_plan, me

OPERATIONS: tuple[Operation, ...] = (
    *me.OPERATIONS,
    *file_plan.OPERATIONS,
    *case_files.OPERATIONS,
)
