"""the first tables"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('disposal_message',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('process_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=4), nullable=False),
    sa.Column('direction', sa.String(length=3), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('findings', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disposal_message'))
    )
    op.create_index(op.f('ix_disposal_message_process_id'), 'disposal_message', ['process_id'], unique=False)
    op.create_index(op.f('ix_disposal_message_sha256'), 'disposal_message', ['sha256'], unique=False)
    op.create_table('heartbeat',
    sa.Column('executor_id', sa.String(length=200), nullable=False),
    sa.Column('host', sa.String(length=200), nullable=False),
    sa.Column('beat_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reaper', sa.String(length=200), nullable=True),
    sa.Column('reaper_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('executor_id', name=op.f('pk_heartbeat'))
    )
    op.create_table('history_entry',
    sa.Column('sequence', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('actor_login', sa.String(length=80), nullable=False),
    sa.Column('action', sa.String(length=60), nullable=False),
    sa.Column('about_kind', sa.String(length=40), nullable=False),
    sa.Column('about_id', sa.String(length=80), nullable=False),
    sa.Column('case_file_id', sa.Uuid(), nullable=True),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('previous_hash', sa.String(length=64), nullable=False),
    sa.Column('entry_hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('sequence', name=op.f('pk_history_entry')),
    sa.UniqueConstraint('entry_hash', name=op.f('uq_history_entry_entry_hash'))
    )
    op.create_index(op.f('ix_history_entry_about_id'), 'history_entry', ['about_id'], unique=False)
    op.create_index(op.f('ix_history_entry_action'), 'history_entry', ['action'], unique=False)
    op.create_index(op.f('ix_history_entry_actor_login'), 'history_entry', ['actor_login'], unique=False)
    op.create_index('ix_history_entry_case_file_id_sequence', 'history_entry', ['case_file_id', 'sequence'], unique=False)
    op.create_table('interruption',
    sa.Column('job_id', sa.String(length=200), nullable=False),
    sa.Column('steps_done', sa.Integer(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('job_id', name=op.f('pk_interruption'))
    )
    op.create_table('org_unit',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('parent_id', sa.Uuid(), nullable=True),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['org_unit.id'], name=op.f('fk_org_unit_parent_id_org_unit'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_org_unit')),
    sa.UniqueConstraint('code', name=op.f('uq_org_unit_code'))
    )
    op.create_index(op.f('ix_org_unit_parent_id'), 'org_unit', ['parent_id'], unique=False)
    op.create_table('person',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('login', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('failed_sign_ins', sa.Integer(), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('login', name=op.f('uq_person_login'))
    )
    op.create_table('retention_rule',
    sa.Column('rule_id', sa.String(length=60), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('months', sa.Integer(), nullable=True),
    sa.Column('trigger', sa.String(length=60), nullable=False),
    sa.Column('trigger_label', sa.String(length=300), nullable=False),
    sa.Column('period_start', sa.String(length=40), nullable=False),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('legal_basis', sa.String(length=500), nullable=False),
    sa.Column('certainty', sa.String(length=20), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('approved_by', sa.String(length=200), nullable=True),
    sa.PrimaryKeyConstraint('rule_id', name=op.f('pk_retention_rule'))
    )
    op.create_index(op.f('ix_retention_rule_code'), 'retention_rule', ['code'], unique=False)
    op.create_table('stored_object',
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('sha512', sa.String(length=128), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_stored_object'))
    )
    op.create_table('file_plan_unit',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('parent_id', sa.Uuid(), nullable=True),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('rule_code', sa.String(length=40), nullable=True),
    sa.Column('org_unit_id', sa.Uuid(), nullable=True),
    sa.Column('retired', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['org_unit_id'], ['org_unit.id'], name=op.f('fk_file_plan_unit_org_unit_id_org_unit'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['parent_id'], ['file_plan_unit.id'], name=op.f('fk_file_plan_unit_parent_id_file_plan_unit'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_file_plan_unit')),
    sa.UniqueConstraint('code', name=op.f('uq_file_plan_unit_code'))
    )
    op.create_index(op.f('ix_file_plan_unit_parent_id'), 'file_plan_unit', ['parent_id'], unique=False)
    op.create_table('incoming_item',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('upload_id', sa.String(length=200), nullable=False),
    sa.Column('org_unit_id', sa.Uuid(), nullable=False),
    sa.Column('access_key', sa.String(length=80), nullable=False),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('filename', sa.String(length=500), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_by', sa.String(length=200), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('fault_code', sa.String(length=60), nullable=True),
    sa.Column('drop_reason', sa.Text(), nullable=True),
    sa.Column('proposals', sa.JSON(), nullable=True),
    sa.Column('confidence', sa.Integer(), nullable=True),
    sa.Column('best_case_file_id', sa.Uuid(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['org_unit_id'], ['org_unit.id'], name=op.f('fk_incoming_item_org_unit_id_org_unit'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['sha256'], ['stored_object.sha256'], name=op.f('fk_incoming_item_sha256_stored_object'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incoming_item')),
    sa.UniqueConstraint('upload_id', name=op.f('uq_incoming_item_upload_id'))
    )
    op.create_index('ix_incoming_item_access_key_state_received_at', 'incoming_item', ['access_key', 'state', 'received_at'], unique=False)
    op.create_index(op.f('ix_incoming_item_best_case_file_id'), 'incoming_item', ['best_case_file_id'], unique=False)
    op.create_index(op.f('ix_incoming_item_confidence'), 'incoming_item', ['confidence'], unique=False)
    op.create_index(op.f('ix_incoming_item_sha256'), 'incoming_item', ['sha256'], unique=False)
    op.create_index(op.f('ix_incoming_item_state'), 'incoming_item', ['state'], unique=False)
    op.create_table('post',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('org_unit_id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('role', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['org_unit_id'], ['org_unit.id'], name=op.f('fk_post_org_unit_id_org_unit'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post'))
    )
    op.create_index(op.f('ix_post_org_unit_id'), 'post', ['org_unit_id'], unique=False)
    op.create_table('web_session',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_web_session_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_web_session'))
    )
    op.create_index(op.f('ix_web_session_person_id'), 'web_session', ['person_id'], unique=False)
    op.create_table('case_file',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('file_reference', sa.String(length=80), nullable=False),
    sa.Column('subject', sa.String(length=500), nullable=False),
    sa.Column('file_plan_unit_id', sa.Uuid(), nullable=False),
    sa.Column('org_unit_id', sa.Uuid(), nullable=False),
    sa.Column('access_key', sa.String(length=80), nullable=False),
    sa.Column('restricted', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('opened_on', sa.Date(), nullable=False),
    sa.Column('opened_by', sa.String(length=200), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('archive_reference', sa.String(length=200), nullable=True),
    sa.Column('process_id', sa.Uuid(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['file_plan_unit_id'], ['file_plan_unit.id'], name=op.f('fk_case_file_file_plan_unit_id_file_plan_unit'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['org_unit_id'], ['org_unit.id'], name=op.f('fk_case_file_org_unit_id_org_unit'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_file')),
    sa.UniqueConstraint('file_reference', name=op.f('uq_case_file_file_reference'))
    )
    op.create_index(op.f('ix_case_file_access_key'), 'case_file', ['access_key'], unique=False)
    op.create_index(op.f('ix_case_file_file_plan_unit_id'), 'case_file', ['file_plan_unit_id'], unique=False)
    op.create_index('ix_case_file_org_unit_id_state', 'case_file', ['org_unit_id', 'state'], unique=False)
    op.create_index(op.f('ix_case_file_process_id'), 'case_file', ['process_id'], unique=False)
    op.create_table('file_counter',
    sa.Column('file_plan_unit_id', sa.Uuid(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('last_number', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['file_plan_unit_id'], ['file_plan_unit.id'], name=op.f('fk_file_counter_file_plan_unit_id_file_plan_unit'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('file_plan_unit_id', 'year', name=op.f('pk_file_counter'))
    )
    op.create_table('post_holder',
    sa.Column('post_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_post_holder_person_id_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_post_holder_post_id_post'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('post_id', 'person_id', 'valid_from', name=op.f('pk_post_holder'))
    )
    op.create_index('ix_post_holder_person_id_valid_from', 'post_holder', ['person_id', 'valid_from'], unique=False)
    op.create_table('business_case',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('case_file_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=500), nullable=False),
    sa.Column('opened_on', sa.Date(), nullable=False),
    sa.Column('last_position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_business_case_case_file_id_case_file'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_business_case')),
    sa.UniqueConstraint('case_file_id', 'number', name=op.f('uq_business_case_case_file_id_number'))
    )
    op.create_table('disposal',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('case_file_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('proposed_by_id', sa.Uuid(), nullable=True),
    sa.Column('proposed_by', sa.String(length=200), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    sa.Column('decided_by', sa.String(length=200), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('not_before', sa.Date(), nullable=True),
    sa.Column('rule_id', sa.String(length=60), nullable=True),
    sa.Column('explanation', sa.JSON(), nullable=False),
    sa.Column('manifest', sa.JSON(), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_disposal_case_file_id_case_file'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_disposal_decided_by_id_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['person.id'], name=op.f('fk_disposal_proposed_by_id_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disposal'))
    )
    op.create_index(op.f('ix_disposal_case_file_id'), 'disposal', ['case_file_id'], unique=False)
    op.create_index(op.f('ix_disposal_state'), 'disposal', ['state'], unique=False)
    op.create_table('disposal_hold',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('case_file_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('legal_basis', sa.String(length=300), nullable=False),
    sa.Column('placed_on', sa.Date(), nullable=False),
    sa.Column('placed_by', sa.String(length=200), nullable=False),
    sa.Column('review_on', sa.Date(), nullable=True),
    sa.Column('lifted_on', sa.Date(), nullable=True),
    sa.Column('lifted_by', sa.String(length=200), nullable=True),
    sa.Column('lift_reason', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_disposal_hold_case_file_id_case_file'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disposal_hold'))
    )
    op.create_index(op.f('ix_disposal_hold_case_file_id'), 'disposal_hold', ['case_file_id'], unique=False)
    op.create_table('retention_event',
    sa.Column('case_file_id', sa.Uuid(), nullable=False),
    sa.Column('trigger', sa.String(length=60), nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('recorded_by', sa.String(length=200), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_retention_event_case_file_id_case_file'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('case_file_id', 'trigger', name=op.f('pk_retention_event'))
    )
    op.create_table('share',
    sa.Column('case_file_id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_share_case_file_id_case_file'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('case_file_id', 'key', name=op.f('pk_share'))
    )
    op.create_table('verdict',
    sa.Column('case_file_id', sa.Uuid(), nullable=False),
    sa.Column('outcome', sa.String(length=40), nullable=False),
    sa.Column('retention_end', sa.Date(), nullable=True),
    sa.Column('rule_id', sa.String(length=60), nullable=True),
    sa.Column('steps', sa.JSON(), nullable=False),
    sa.Column('evaluated_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_verdict_case_file_id_case_file'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('case_file_id', name=op.f('pk_verdict'))
    )
    op.create_index(op.f('ix_verdict_outcome'), 'verdict', ['outcome'], unique=False)
    op.create_table('destruction_certificate',
    sa.Column('disposal_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('document', sa.LargeBinary(), nullable=False),
    sa.Column('pdf', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['disposal_id'], ['disposal.id'], name=op.f('fk_destruction_certificate_disposal_id_disposal'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('disposal_id', name=op.f('pk_destruction_certificate'))
    )
    op.create_table('document',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('item_id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=True),
    sa.Column('subject', sa.String(length=500), nullable=False),
    sa.Column('document_type', sa.String(length=80), nullable=False),
    sa.Column('direction', sa.String(length=20), nullable=False),
    sa.Column('sender', sa.String(length=300), nullable=False),
    sa.Column('foreign_reference', sa.String(length=200), nullable=False),
    sa.Column('letter_date', sa.Date(), nullable=True),
    sa.Column('filed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('filed_by', sa.String(length=200), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['business_case.id'], name=op.f('fk_document_case_id_business_case'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['item_id'], ['incoming_item.id'], name=op.f('fk_document_item_id_incoming_item'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document')),
    sa.UniqueConstraint('case_id', 'position', name=op.f('uq_document_case_id_position')),
    sa.UniqueConstraint('item_id', name=op.f('uq_document_item_id'))
    )
    op.create_table('document_version',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('document_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('original', sa.String(length=64), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('software', sa.String(length=200), nullable=False),
    sa.Column('warnings', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_document_version_document_id_document'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['original'], ['stored_object.sha256'], name=op.f('fk_document_version_original_stored_object'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document_version')),
    sa.UniqueConstraint('document_id', 'number', name=op.f('uq_document_version_document_id_number'))
    )
    op.create_index(op.f('ix_document_version_original'), 'document_version', ['original'], unique=False)
    op.create_table('page',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('confidence', sa.Integer(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('words', sa.JSON(), nullable=False),
    sa.Column('image', sa.String(length=64), nullable=False),
    sa.Column('thumbnail', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['image'], ['stored_object.sha256'], name=op.f('fk_page_image_stored_object'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['thumbnail'], ['stored_object.sha256'], name=op.f('fk_page_thumbnail_stored_object'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['version_id'], ['document_version.id'], name=op.f('fk_page_version_id_document_version'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_page')),
    sa.UniqueConstraint('version_id', 'number', name=op.f('uq_page_version_id_number'))
    )
    op.create_index(op.f('ix_page_image'), 'page', ['image'], unique=False)
    op.create_index(op.f('ix_page_thumbnail'), 'page', ['thumbnail'], unique=False)
    op.create_table('rendition',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['sha256'], ['stored_object.sha256'], name=op.f('fk_rendition_sha256_stored_object'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['version_id'], ['document_version.id'], name=op.f('fk_rendition_version_id_document_version'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rendition')),
    sa.UniqueConstraint('version_id', 'kind', name=op.f('uq_rendition_version_id_kind'))
    )
    op.create_index(op.f('ix_rendition_sha256'), 'rendition', ['sha256'], unique=False)


def downgrade() -> None:
    # A later revision leaves it behind where it holds something.
    op.execute("DROP TABLE IF EXISTS history_value")
    # Their indexes go with them.
    for table in (
        'rendition',
        'page',
        'document_version',
        'document',
        'destruction_certificate',
        'verdict',
        'share',
        'retention_event',
        'disposal_hold',
        'disposal',
        'business_case',
        'post_holder',
        'file_counter',
        'case_file',
        'web_session',
        'post',
        'incoming_item',
        'file_plan_unit',
        'stored_object',
        'retention_rule',
        'person',
        'org_unit',
        'interruption',
        'history_entry',
        'heartbeat',
        'disposal_message',
    ):
        op.drop_table(table)
