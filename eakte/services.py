"""The engines a running service works with, picked once from the settings."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from eakte.errors import SettingsInvalid
from eakte.identity import groups
from eakte.identity.ldap import Access, Directory, is_guarded
from eakte.identity.oidc import Client, Provider
from eakte.identity.web import is_safe
from eakte.records.identity import GroupRule
from eakte.records.quotas import Quotas
from eakte.settings import Settings
from eakte.store import scratch
from eakte.store.database import Database, connect
from eakte.store.declarations import read_catalogue
from eakte.store.master_keys import FolderKeys, KeysUnusable, MasterKeys
from eakte.store.master_keys_program import ProgramKeys
from eakte.store.object_keys import ObjectKeys
from eakte.store.objects import LocalObjects, ObjectStore, Shelf
from eakte.store.objects_encrypted import EncryptedObjects
from eakte.store.objects_s3 import S3Objects, s3_client
from retention.archive import ArchiveGateway
from retention.archives.box import Box, BoxGateway
from retention.archives.folder import FolderBox
from retention.archives.sftp import PORT as SSH_PORT
from retention.archives.sftp import SftpBox, host_keys_of, private_key_of
from retention.archives.webdav import WebDavBox
from retention.offered import Naming
from retention.procedure import Procedure
from retention.xdomea.dialect import WRITTEN_VERSIONS
from search import engines
from search.engine import SearchIndex
from search.engines import open_engine
from search.servers import Servers

CALLBACK = "/anmelden/dienst/zurueck"
"""Where the OpenID provider sends people back to; it has to be registered there."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything below the edges that is not an argument of one call."""

    settings: Settings
    database: Database
    objects: ObjectStore
    index: SearchIndex
    archive: ArchiveGateway | None
    """The exchange with the city archive, if it is set up."""
    oidc: Provider | None = None
    """The OpenID provider people sign in at, if one is set."""
    directory: Directory | None = None
    """The directory people come from, if one is set."""
    group_rules: tuple[GroupRule, ...] = ()
    """Which groups of other services mean which posts."""
    keys: ObjectKeys | None = None
    """The keys of the objects, if they are encrypted."""

    @property
    def quotas(self) -> Quotas:
        """The limits of what may come in."""
        return quotas_of(self.settings)

    def close(self) -> None:
        """Release files, locks and connections."""
        self.index.close()
        self.database.close()
        if self.keys:
            self.keys.close()


def quotas_of(settings: Settings) -> Quotas:
    """Return the limits of what may come in."""
    return Quotas(**{one.name: getattr(settings, one.name) for one in fields(Quotas)})


def build(settings: Settings) -> Services:
    """Open the database, the object store and the index that the settings name.

    Raises:
        KeysUnusable: Objects are encrypted and cannot be read with the keys that are there.
    """
    scratch.clear(settings.data_folder)
    keys = object_keys(settings)
    return Services(
        settings=settings,
        database=connect(settings.database, read_catalogue(settings.config_folder)),
        objects=objects_of(settings, keys),
        keys=keys,
        index=index_of(settings),
        archive=archive_of(settings),
        oidc=provider_of(settings),
        directory=directory_of(settings),
        group_rules=groups.load(Path(settings.groups_file) if settings.groups_file else None),
    )


def index_of(settings: Settings) -> SearchIndex:
    """Open the search index.

    Raises:
        SearchError: It cannot be read, or its servers do not answer.
    """
    return open_engine(settings.search_engine, settings.data_folder / "index", search_servers(settings))


def search_servers(settings: Settings) -> Servers:
    """Return where the servers of the search are, if it has any."""
    return Servers(
        addresses=tuple(address.strip() for address in settings.search_servers.split(",") if address.strip()),
        prefix=settings.search_prefix,
        user=settings.search_user,
        password=settings.secret("search_password"),
        ca_file=settings.search_ca_file,
    )


def begin_index_anew(settings: Settings) -> None:
    """Give up a search index that cannot be read; the new one answers from what is built so far."""
    engines.begin_anew(settings.search_engine, settings.data_folder / "index", search_servers(settings))


def provider_of(settings: Settings) -> Provider | None:
    """Return the OpenID provider, if one is set; nobody is asked yet.

    Raises:
        SettingsInvalid: What is set does not go together.
    """
    if not settings.oidc_issuer:
        return None
    if not is_safe(settings.oidc_issuer, settings.oidc_issuer):
        raise SettingsInvalid(name="oidc_issuer", problem="Erwartet wird eine Adresse mit https.")
    if not settings.oidc_client_id:
        raise SettingsInvalid(name="oidc_client_id", problem="Ohne sie kennt uns der Anmeldedienst nicht.")
    if not settings.public_url:
        problem = "Der Anmeldedienst braucht die öffentliche Adresse, um zurückzuschicken."
        raise SettingsInvalid(name="public_url", problem=problem)
    client = Client(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.secret("oidc_client_secret"),
        redirect_uri=settings.public_url.rstrip("/") + CALLBACK,
        scopes=settings.oidc_scopes,
        login_claim=settings.oidc_login_claim,
        name_claim=settings.oidc_name_claim,
        groups_claim=settings.oidc_groups_claim,
    )
    return Provider(client)


def directory_of(settings: Settings) -> Directory | None:
    """Return the directory people come from, if one is set; nobody is asked yet.

    Raises:
        SettingsInvalid: What is set does not go together.
    """
    if not settings.ldap_url:
        return None
    if not is_guarded(settings.ldap_url, start_tls=settings.ldap_start_tls):
        problem = "Erwartet wird ldaps://… oder ldap://… mit ldap_start_tls."
        raise SettingsInvalid(name="ldap_url", problem=problem)
    access = Access(
        url=settings.ldap_url,
        start_tls=settings.ldap_start_tls,
        ca_file=settings.ldap_ca_file,
        bind_dn=settings.ldap_bind_dn,
        password=settings.secret("ldap_password"),
        base=settings.ldap_base,
        filter=settings.ldap_filter,
        login=settings.ldap_login_attribute,
        name=settings.ldap_name_attribute,
        subject=settings.ldap_subject_attribute,
        groups=settings.ldap_groups_attribute,
    )
    return Directory(access)


def objects_of(settings: Settings, keys: ObjectKeys | None) -> ObjectStore:
    """Open the object store; *keys* are closed where it cannot be read with them.

    Raises:
        KeysUnusable: Objects are encrypted and cannot be read with the keys that are there.
    """
    kept = shelf(settings)
    if keys is None:
        if _mark_if_asked(kept):
            problem = "Der Objektspeicher ist verschlüsselt. Nennen Sie mit master_keys den Ort der Hauptschlüssel."
            raise KeysUnusable(problem=problem)
        return kept
    try:
        check_together(kept, keys)
        keys.check()
    except BaseException:
        keys.close()
        raise
    return EncryptedObjects(kept, keys, settings.data_folder)


def _mark_if_asked(kept: Shelf) -> str:
    """Return the mark of a store that is taken for open; where it cannot be asked now, nothing can be read either."""
    try:
        return kept.mark()
    except (BotoCoreError, ClientError):
        return ""


def check_together(kept: Shelf, keys: ObjectKeys) -> None:
    """Refuse objects and keys that do not belong together.

    Raises:
        KeysUnusable: Encryption is not set up, or the objects belong to another key store.
    """
    mark = kept.mark()
    if not mark:
        raise KeysUnusable(problem="Richten Sie die Verschlüsselung zuerst ein: „python -m eakte keys init“.")
    if mark != keys.id():
        problem = (
            "Der Objektspeicher gehört zu einem anderen Schlüsselspeicher. Nennen Sie den richtigen mit key_store."
        )
        raise KeysUnusable(problem=problem)


def shelf(settings: Settings) -> Shelf:
    """Open what objects lie in, encrypted or not."""
    if not settings.object_store:
        return LocalObjects(settings.data_folder / "objects")
    kind, _, bucket = settings.object_store.partition("://")
    if kind != "s3" or not bucket:
        raise SettingsInvalid(name="object_store", problem="Erwartet wird s3://Name-des-Buckets.")
    return S3Objects(s3_client(settings.s3_endpoint), bucket)


def object_keys(settings: Settings) -> ObjectKeys | None:
    """Open the key store with its master keys, none where objects are not encrypted."""
    if not settings.master_keys:
        return None
    if settings.key_store and settings.key_store == settings.database_url:
        raise SettingsInvalid(name="key_store", problem="Schlüssel brauchen eine eigene Datenbank.")
    masters = _master_keys(settings)
    try:
        database = connect(settings.keys)
    except ValueError as error:
        raise SettingsInvalid(name="key_store", problem="Möglich sind sqlite:///Pfad und postgresql://…") from error
    return ObjectKeys(database, masters)


def _master_keys(settings: Settings) -> MasterKeys:
    kind, mark, program = settings.master_keys.partition("://")
    if mark:
        if kind != "program" or not Path(program).is_absolute():
            raise SettingsInvalid(name="master_keys", problem="Erwartet wird ein Ordner oder program:///pfad.")
        return ProgramKeys(Path(program))
    folder = Path(settings.master_keys).resolve()
    if settings.data_folder.resolve() in (folder, *folder.parents):
        problem = "Hauptschlüssel dürfen nicht im Datenordner liegen: Sie kämen mit ihm in die Sicherungen."
        raise SettingsInvalid(name="master_keys", problem=problem)
    return FolderKeys(folder)


def archive_of(settings: Settings) -> ArchiveGateway | None:
    """Return the exchange with the archive, if it is set up; a server is not asked yet.

    Raises:
        SettingsInvalid: What is set does not go together.
    """
    if not (settings.archive_folder or settings.archive_url) or not settings.xdomea_schemas:
        return None
    if settings.archive_xdomea not in WRITTEN_VERSIONS:
        raise SettingsInvalid(name="archive_xdomea", problem=f"Möglich sind {' und '.join(WRITTEN_VERSIONS)}.")
    if settings.archive_procedure not in {Procedure.FOUR_STEP, Procedure.TWO_STEP}:
        raise SettingsInvalid(name="archive_procedure", problem="Möglich sind four-step und two-step.")
    if settings.archive_naming not in {"", *Naming}:
        raise SettingsInvalid(name="archive_naming", problem=f"Möglich sind {', '.join(Naming)} oder nichts.")
    return BoxGateway(_archive_box(settings), work=partial(scratch.lent, settings.data_folder))


def _archive_box(settings: Settings) -> Box:
    if settings.archive_folder and settings.archive_url:
        raise SettingsInvalid(name="archive_url", problem="Neben archive_folder muss archive_url leer sein.")
    if settings.archive_folder:
        folder = Path(settings.archive_folder)
        outgoing, incoming = folder / "out", folder / "in"
        for each in (outgoing, incoming):
            each.mkdir(parents=True, exist_ok=True)
        return FolderBox(outgoing, incoming)
    place = urlsplit(settings.archive_url)
    if place.username or place.password or place.query or place.fragment or not place.hostname:
        raise SettingsInvalid(name="archive_url", problem="Erwartet wird nur Rechner und Pfad, ohne Kennung.")
    if place.scheme == "https":
        return _webdav_box(settings)
    if place.scheme == "sftp":
        return _sftp_box(settings, place)
    raise SettingsInvalid(name="archive_url", problem="Erwartet wird https:// (WebDAV) oder sftp://.")


def _webdav_box(settings: Settings) -> Box:
    if settings.archive_ca_file and not Path(settings.archive_ca_file).is_file():
        raise SettingsInvalid(name="archive_ca_file", problem=f"„{settings.archive_ca_file}“ ist nicht lesbar.")
    password = settings.secret("archive_password")
    return WebDavBox(settings.archive_url, settings.archive_user, password, settings.archive_ca_file)


def _sftp_box(settings: Settings, place: SplitResult) -> Box:
    if not settings.archive_user:
        raise SettingsInvalid(name="archive_user", problem="Für SFTP fehlt die Kennung.")
    try:
        host_keys = host_keys_of(settings.archive_host_key)
    except ValueError as error:
        raise SettingsInvalid(name="archive_host_key", problem=f"„{error}“ ist kein Schlüssel.") from error
    if not host_keys:
        raise SettingsInvalid(name="archive_host_key", problem="Ohne den Schlüssel des Servers wird nichts gesendet.")
    try:
        key = private_key_of(Path(settings.archive_key_file), settings.secret("archive_password"))
    except (OSError, ValueError) as error:
        problem = f"„{settings.archive_key_file}“ ist kein lesbarer Schlüssel, oder das Kennwort passt nicht."
        raise SettingsInvalid(name="archive_key_file", problem=problem) from error
    return SftpBox(str(place.hostname), place.port or SSH_PORT, settings.archive_user, place.path, host_keys, key)
