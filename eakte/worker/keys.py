"""Keys of encrypted objects, looked after by the upkeep: master keys change and go in their time."""

from __future__ import annotations

import logging
from datetime import timedelta

from eakte.actions import key_care
from eakte.services import Services
from eakte.store.objects_encrypted import EncryptedObjects
from eakte.worker.clock import now

LOG = logging.getLogger(__name__)


def care_for_keys(services: Services, hour: str) -> None:
    """Change the master key when it is time, finish what was interrupted, and destroy those retired long enough."""
    objects, settings = services.objects, services.settings
    if not isinstance(objects, EncryptedObjects):
        return
    keys, moment = objects.keys, now()
    if key_care.is_due(keys, moment, settings.key_rotation_days):
        keys.rotate(moment)
    key_care.finish_rotation(keys)
    for name in keys.expire(moment - timedelta(days=settings.key_backup_days), moment):
        LOG.warning("the retired master key %s was destroyed; destroy its copies too", name)
    with services.database.begin() as session:
        key_care.tell(session, keys, moment)
    if hour.endswith("T00") and (lost := key_care.tidy(objects, moment)):
        LOG.warning("%d keys had no object and were destroyed", lost)
