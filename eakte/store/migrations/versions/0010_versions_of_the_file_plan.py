"""Versions of the file plan, patterns of reference numbers, and counters that belong to the pattern."""

from datetime import date
from uuid import UUID, uuid4

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

UNIT = sa.table(
    "file_plan_unit",
    sa.column("id", sa.Uuid()),
    sa.column("plan_id", sa.Uuid()),
    sa.column("code", sa.String()),
    sa.column("retired", sa.Boolean()),
)
PLAN = sa.table(
    "file_plan",
    sa.column("id", sa.Uuid()),
    sa.column("title", sa.String()),
    sa.column("version", sa.String()),
    sa.column("state", sa.String()),
    sa.column("valid_from", sa.Date()),
    sa.column("revision", sa.Integer()),
)
BY_UNIT = sa.table(
    "file_counter",
    sa.column("file_plan_unit_id", sa.Uuid()),
    sa.column("year", sa.Integer()),
    sa.column("last_number", sa.Integer()),
)
BY_SCOPE = sa.table("reference_counter", sa.column("scope", sa.String()), sa.column("last_number", sa.Integer()))


def upgrade() -> None:
    op.create_table(
        "file_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_plan")),
        sa.UniqueConstraint("version", name=op.f("uq_file_plan_version")),
    )
    in_force = sa.text("state = 'in_force'")
    op.create_index(
        "ix_file_plan_one_in_force", "file_plan", ["state"], unique=True, sqlite_where=in_force, postgresql_where=in_force
    )
    op.add_column("file_plan_unit", sa.Column("plan_id", sa.Uuid(), nullable=True))
    op.add_column("file_plan_unit", sa.Column("reference_pattern", sa.String(length=80), nullable=True))
    op.add_column("file_plan_unit", sa.Column("retired_on", sa.Date(), nullable=True))
    op.add_column("file_plan_unit", sa.Column("retired_because", sa.Text(), nullable=True))
    _first_version()
    # The table is built anew on SQLite, and its index with it; it carries no trigger that could get lost.
    op.drop_index(op.f("ix_file_plan_unit_parent_id"), table_name="file_plan_unit")
    with op.batch_alter_table("file_plan_unit") as table:
        table.alter_column("plan_id", existing_type=sa.Uuid(), nullable=False)
        table.drop_constraint(op.f("uq_file_plan_unit_code"), type_="unique")
        table.create_unique_constraint(op.f("uq_file_plan_unit_plan_id_code"), ["plan_id", "code"])
        table.create_foreign_key(
            op.f("fk_file_plan_unit_plan_id_file_plan"), "file_plan", ["plan_id"], ["id"], ondelete="RESTRICT"
        )
    op.create_index(op.f("ix_file_plan_unit_parent_id"), "file_plan_unit", ["parent_id"])
    op.create_index(op.f("ix_file_plan_unit_code"), "file_plan_unit", ["code"])
    _counters_by_scope()


def _first_version() -> None:
    connection = op.get_bind()
    if not connection.scalar(sa.select(sa.func.count()).select_from(UNIT)):
        return
    opened = connection.scalar(sa.text("SELECT min(opened_on) FROM case_file"))
    since = date.fromisoformat(str(opened)) if opened else date(2026, 1, 1)
    plan = {"id": uuid4(), "title": "Aktenplan", "version": "1", "state": "in_force", "valid_from": since, "revision": 1}
    connection.execute(PLAN.insert().values(plan))
    connection.execute(UNIT.update().values(plan_id=plan["id"]))


def _counters_by_scope() -> None:
    op.create_table(
        "reference_counter",
        sa.Column("scope", sa.String(length=160), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_reference_counter")),
    )
    connection = op.get_bind()
    joined = sa.select(UNIT.c.code, BY_UNIT.c.year, BY_UNIT.c.last_number).join(
        UNIT, UNIT.c.id == BY_UNIT.c.file_plan_unit_id
    )
    rows = connection.execute(joined).all()
    if rows:
        connection.execute(
            BY_SCOPE.insert(), [{"scope": f"{code}-{year}/{{}}", "last_number": last} for code, year, last in rows]
        )
    op.drop_table("file_counter")


def downgrade() -> None:
    op.create_table(
        "file_counter",
        sa.Column("file_plan_unit_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_plan_unit_id"],
            ["file_plan_unit.id"],
            name=op.f("fk_file_counter_file_plan_unit_id_file_plan_unit"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("file_plan_unit_id", "year", name=op.f("pk_file_counter")),
    )
    _set_others_aside()
    _counters_by_unit()
    op.drop_table("reference_counter")
    op.drop_index(op.f("ix_file_plan_unit_parent_id"), table_name="file_plan_unit")
    op.drop_index(op.f("ix_file_plan_unit_code"), table_name="file_plan_unit")
    with op.batch_alter_table("file_plan_unit") as table:
        table.drop_constraint(op.f("fk_file_plan_unit_plan_id_file_plan"), type_="foreignkey")
        table.drop_constraint(op.f("uq_file_plan_unit_plan_id_code"), type_="unique")
        table.create_unique_constraint(op.f("uq_file_plan_unit_code"), ["code"])
        for name in ("retired_because", "retired_on", "reference_pattern", "plan_id"):
            table.drop_column(name)
    op.create_index(op.f("ix_file_plan_unit_parent_id"), "file_plan_unit", ["parent_id"])
    op.drop_table("file_plan")


def _set_others_aside() -> None:
    """Keep units of other versions, for case files lie there: retired, under a code of their own."""
    connection = op.get_bind()
    others = sa.select(UNIT.c.id, UNIT.c.code, PLAN.c.version).join(PLAN, PLAN.c.id == UNIT.c.plan_id)
    for unit_id, code, version in connection.execute(others.where(PLAN.c.state != "in_force")).all():
        aside = f"{code[:20]}~{version[:6]}~{str(unit_id)[:8]}"
        connection.execute(UNIT.update().where(UNIT.c.id == unit_id).values(code=aside, retired=True))


def _counters_by_unit() -> None:
    connection = op.get_bind()
    units: dict[str, UUID] = dict(connection.execute(sa.select(UNIT.c.code, UNIT.c.id)).all())
    for scope, last in connection.execute(sa.select(BY_SCOPE.c.scope, BY_SCOPE.c.last_number)).all():
        code, _, year = scope.removesuffix("/{}").rpartition("-")
        if scope.endswith("/{}") and year.isdigit() and code in units:
            connection.execute(
                BY_UNIT.insert().values(file_plan_unit_id=units[code], year=int(year), last_number=last)
            )
