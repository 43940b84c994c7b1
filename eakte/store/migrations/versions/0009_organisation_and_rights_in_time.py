"""Units with keys and edges, posts, deputyships, shares and blocks that know their time."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KINDS = {
    "Dezernat": "directorate", "Fachbereich": "department", "Bereich": "division", "Sachgebiet": "section", "Amt": "office",
}  # fmt: skip


def upgrade() -> None:
    _units()
    _posts()
    _shares()
    op.create_table(
        "access_restriction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_file_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_file_id"], ["case_file.id"], op.f("fk_access_restriction_case_file_id_case_file"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_restriction")),
    )
    op.create_index("ix_access_restriction_case_file_id_key", "access_restriction", ["case_file_id", "key"])
    op.create_index(op.f("ix_access_restriction_key"), "access_restriction", ["key"])
    op.create_table(
        "former_access",
        sa.Column("case_file_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("access_key", sa.String(length=80), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_file_id"], ["case_file.id"], op.f("fk_former_access_case_file_id_case_file"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("case_file_id", "until", name=op.f("pk_former_access")),
    )
    op.drop_index(op.f("ix_case_file_access_key"), table_name="case_file")
    op.create_index("ix_case_file_access_key_opened_on", "case_file", ["access_key", "opened_on"])
    op.add_column("file_plan_unit", sa.Column("default_restricted", sa.Boolean(), nullable=True))
    op.add_column("file_plan_unit", sa.Column("default_shares", sa.JSON(), nullable=True))


def _units() -> None:
    op.add_column("org_unit", sa.Column("key", sa.String(length=60), nullable=True))
    op.execute("UPDATE org_unit SET key = code")
    for word, kind in KINDS.items():
        op.execute(f"UPDATE org_unit SET kind = '{kind}' WHERE kind = '{word}'")
    known = ", ".join(f"'{kind}'" for kind in KINDS.values())
    # Before, any word could stand there; what it meant is not to be known.
    op.execute(f"UPDATE org_unit SET kind = 'office' WHERE kind NOT IN ({known})")
    op.drop_index(op.f("ix_org_unit_parent_id"), table_name="org_unit")
    with op.batch_alter_table("org_unit") as table:
        table.alter_column("key", existing_type=sa.String(length=60), nullable=False)
        table.add_column(sa.Column("dissolved_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("successor_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
        table.drop_constraint(op.f("uq_org_unit_code"), type_="unique")
        table.create_unique_constraint(op.f("uq_org_unit_key"), ["key"])
        table.create_foreign_key(
            op.f("fk_org_unit_successor_id_org_unit"), "org_unit", ["successor_id"], ["id"], ondelete="RESTRICT"
        )
    op.create_index(op.f("ix_org_unit_parent_id"), "org_unit", ["parent_id"])
    op.create_index(op.f("ix_org_unit_successor_id"), "org_unit", ["successor_id"])
    living = sa.text("dissolved_at IS NULL")
    op.create_index(
        "uq_org_unit_code_living", "org_unit", ["code"], unique=True, sqlite_where=living, postgresql_where=living
    )
    edges = op.create_table(
        "unit_edge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("upper", sa.String(length=60), nullable=False),
        sa.Column("lower", sa.String(length=60), nullable=False),
        sa.Column("relation", sa.String(length=40), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["lower"], ["org_unit.key"], op.f("fk_unit_edge_lower_org_unit"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["upper"], ["org_unit.key"], op.f("fk_unit_edge_upper_org_unit"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_edge")),
    )
    op.create_index("ix_unit_edge_lower_until", "unit_edge", ["lower", "until"])
    op.create_index(op.f("ix_unit_edge_upper"), "unit_edge", ["upper"])
    pairs = op.get_bind().execute(
        sa.text("SELECT u.key AS upper, l.key AS lower FROM org_unit l JOIN org_unit u ON u.id = l.parent_id")
    )
    op.bulk_insert(
        edges, [{"id": uuid4(), "upper": upper, "lower": lower, "relation": "part"} for upper, lower in pairs.all()]
    )


def _posts() -> None:
    seats = op.create_table(
        "post_seat",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("org_unit_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_unit_id"], ["org_unit.id"], op.f("fk_post_seat_org_unit_id_org_unit"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], op.f("fk_post_seat_post_id_post"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_seat")),
    )
    op.create_index(op.f("ix_post_seat_org_unit_id"), "post_seat", ["org_unit_id"])
    op.create_index(op.f("ix_post_seat_post_id"), "post_seat", ["post_id"])
    posts = sa.table("post", sa.column("id", sa.Uuid()), sa.column("org_unit_id", sa.Uuid()))
    rows = op.get_bind().execute(sa.select(posts.c.id, posts.c.org_unit_id)).all()
    op.bulk_insert(seats, [{"id": uuid4(), "post_id": post, "org_unit_id": unit} for post, unit in rows])
    op.create_table(
        "deputation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arranged_by", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], op.f("fk_deputation_person_id_person"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], op.f("fk_deputation_post_id_post"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputation")),
    )
    op.create_index(op.f("ix_deputation_person_id"), "deputation", ["person_id"])
    op.create_index(op.f("ix_deputation_post_id"), "deputation", ["post_id"])
    holders = sa.table("post_holder", *_holder_columns())
    known = op.get_bind().execute(sa.select(holders)).mappings().all()
    op.drop_table("post_holder")
    made = op.create_table(
        "post_holder",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_holder_columns(),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        *_holder_keys(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_holder")),
    )
    op.create_index(op.f("ix_post_holder_post_id"), "post_holder", ["post_id"])
    op.create_index("ix_post_holder_person_id_valid_from", "post_holder", ["person_id", "valid_from"])
    op.bulk_insert(made, [{"id": uuid4(), **row} for row in known])


def _holder_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=True),
    ]


def _holder_keys() -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], op.f("fk_post_holder_person_id_person"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], op.f("fk_post_holder_post_id_post"), ondelete="RESTRICT"),
    ]


def _shares() -> None:
    shares = sa.table("share", *_share_columns())
    rows = op.get_bind().execute(sa.select(shares)).mappings().all()
    op.drop_table("share")
    made = op.create_table(
        "share",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_share_columns(),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("granted_by", sa.String(length=80), server_default="", nullable=False),
        _share_key(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share")),
    )
    op.create_index(op.f("ix_share_case_file_id"), "share", ["case_file_id"])
    op.create_index("ix_share_key_case_file_id", "share", ["key", "case_file_id"])
    op.bulk_insert(made, [{"id": uuid4(), **row} for row in rows])


def _share_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("case_file_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
    ]


def _share_key() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["case_file_id"], ["case_file.id"], op.f("fk_share_case_file_id_case_file"), ondelete="RESTRICT"
    )


def downgrade() -> None:
    op.drop_column("file_plan_unit", "default_shares")
    op.drop_column("file_plan_unit", "default_restricted")
    op.drop_index("ix_case_file_access_key_opened_on", table_name="case_file")
    op.create_index(op.f("ix_case_file_access_key"), "case_file", ["access_key"])
    op.drop_table("former_access")
    op.drop_table("access_restriction")
    _former_shares()
    _former_posts()
    _former_units()


def _former_shares() -> None:
    shares = sa.table("share", *_share_columns())
    rows = op.get_bind().execute(sa.select(shares).order_by(shares.c.expires_at.is_(None), shares.c.expires_at))
    latest = {(row.case_file_id, row.key): dict(row._mapping) for row in rows.all()}
    op.drop_table("share")
    made = op.create_table(
        "share", *_share_columns(), _share_key(), sa.PrimaryKeyConstraint("case_file_id", "key", name=op.f("pk_share"))
    )
    op.bulk_insert(made, list(latest.values()))


def _former_posts() -> None:
    op.drop_table("deputation")
    op.drop_table("post_seat")
    holders = sa.table("post_holder", *_holder_columns(), sa.Column("ended_at", sa.DateTime(timezone=True)))
    kept = {}
    for row in op.get_bind().execute(sa.select(holders)).all():
        values = dict(row._mapping)
        ended = values.pop("ended_at")
        if ended is not None:
            last = ended.date() - timedelta(days=1)
            values["valid_to"] = min(values["valid_to"] or last, last)
            if last < values["valid_from"]:
                continue
        kept[row.post_id, row.person_id, row.valid_from] = values
    op.drop_table("post_holder")
    made = op.create_table(
        "post_holder",
        *_holder_columns(),
        *_holder_keys(),
        sa.PrimaryKeyConstraint("post_id", "person_id", "valid_from", name=op.f("pk_post_holder")),
    )
    op.create_index("ix_post_holder_person_id_valid_from", "post_holder", ["person_id", "valid_from"])
    op.bulk_insert(made, list(kept.values()))


def _former_units() -> None:
    op.drop_table("unit_edge")
    op.drop_index("uq_org_unit_code_living", table_name="org_unit")
    op.drop_index(op.f("ix_org_unit_successor_id"), table_name="org_unit")
    op.drop_index(op.f("ix_org_unit_parent_id"), table_name="org_unit")
    # Codes were unique among all units, the dissolved included.
    op.execute(
        "UPDATE org_unit SET code = substr(code, 1, 20) || '~' || substr(CAST(id AS VARCHAR(40)), 1, 8) "
        "WHERE dissolved_at IS NOT NULL"
    )
    with op.batch_alter_table("org_unit") as table:
        table.drop_constraint(op.f("fk_org_unit_successor_id_org_unit"), type_="foreignkey")
        table.drop_constraint(op.f("uq_org_unit_key"), type_="unique")
        table.create_unique_constraint(op.f("uq_org_unit_code"), ["code"])
        for name in ("revision", "successor_id", "dissolved_at", "key"):
            table.drop_column(name)
    op.create_index(op.f("ix_org_unit_parent_id"), "org_unit", ["parent_id"])
    for word, kind in KINDS.items():
        op.execute(f"UPDATE org_unit SET kind = '{word}' WHERE kind = '{kind}'")
