"""Settings: one TOML file, overridden by environment variables ``EAKTE_<NAME>``.

Every field below is a setting; ``config/eakte.example.toml`` lists them all with their defaults.
"""

from __future__ import annotations

import dataclasses
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from eakte.errors import SettingsInvalid

PREFIX = "EAKTE_"
_ROOT = Path(__file__).resolve().parent.parent
_TRUE = frozenset({"1", "true", "yes", "ja", "an"})
_FALSE = frozenset({"0", "false", "no", "nein", "aus"})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, with the embedded defaults. Sizes in bytes, times in seconds unless named otherwise."""

    city: str = "Musterstadt"
    data_folder: Path = Path("var")
    """Everything the embedded profile keeps: database, objects, index, work files."""
    config_folder: Path = _ROOT / "config"
    database_url: str = ""
    """Empty: SQLite in the data folder. Else ``postgresql://…``."""
    object_store: str = ""
    """Empty: local folder in the data folder. Else ``s3://bucket``."""
    s3_endpoint: str = ""
    master_keys: str = ""
    """What keeps the master keys of encrypted objects: a folder apart from all data, or ``program:///path``; empty:
    objects are stored as they are."""
    key_store: str = ""
    """Database with the keys of encrypted objects, apart from their backups; empty: SQLite in a folder of its own."""
    key_rotation_days: int = 30
    """Days after which a new master key takes the place of the present one; 0: only by command."""
    key_backup_days: int = 30
    """Days that backups of the key store are kept: a retired master key is destroyed that long after."""
    search_engine: str = "tantivy"
    search_servers: str = ""
    """Addresses of OpenSearch (``https://host:9200``), several with commas between them."""
    search_prefix: str = "eakte"
    """Begins the names of our indexes on these servers."""
    search_user: str = ""
    search_password: str = field(default="", repr=False)
    search_password_file: str = ""
    search_ca_file: str = ""
    ocr_engine: str = "tesserocr"
    ocr_languages: str = "deu+eng"
    host: str = "127.0.0.1"
    port: int = 8080
    web_threads: int = 8
    public_url: str = ""
    """Set behind a proxy with TLS: cookies are then marked secure."""
    metrics_token: str = field(default="", repr=False)
    """What a Prometheus server has to send to read ``/metrics``; empty: there is no such address."""
    metrics_token_file: str = ""
    log_format: str = "json"
    """Lines of the log: ``json``, one object a line, or ``plain``."""
    log_requests: bool = False
    """Write a line for each answer, not for refusals and faults alone."""
    readers: int = 2
    """Documents read at the same time by one worker process."""
    watch_folder: str = ""
    """Folder with one sub-folder per organisation unit code; empty: no folder is watched."""
    migration_folder: str = ""
    """Folder with one sub-folder per organisation unit code, in it the scans to migrate; empty: no migration."""
    sources_file: str = ""
    """File with mailboxes, scan folders with profiles and portal folders (:mod:`eakte.worker.sources`)."""
    taken_copies_days: int = 30
    """Days that watched folders and portal folders keep copies of what was taken; 0: for ever."""
    max_upload_bytes: int = 2_000_000_000
    max_read_bytes: int = 200_000_000
    max_read_pages: int = 2_000
    read_seconds: int = 3_600
    clamav: str = ""
    """Socket of the virus scanner clamd, a path or ``host:port``; empty: files are not scanned."""
    session_hours: int = 10
    session_idle_minutes: int = 60
    """Minutes without a request after which a session is over."""
    trusted_proxies: int = 0
    """Proxies of ours in front of the web server; each adds one entry to ``X-Forwarded-For``."""
    failed_sign_ins_per_hour: int = 120
    """Wrong passwords from one address within an hour; behind it may sit a whole town hall."""
    api_requests_per_minute: int = 600
    """Requests of one token within a minute, per web process."""
    person_mb_per_day: int = 20_000
    """Megabytes one person may send in within a day, by pages and programs together; 0: no limit, here and below."""
    person_documents_per_day: int = 5_000
    unit_mb_per_day: int = 100_000
    """Megabytes that may come in for one organisation unit within a day, from all sources."""
    unit_documents_per_day: int = 20_000
    source_waiting: int = 10_000
    """Documents of one source that may wait in the inbox of one organisation unit."""
    sign_ins_kept_days: int = 90
    """Days attempts to sign in are kept for the person to see."""
    groups_file: str = ""
    """File that says which groups of the sign-in service or the directory mean which posts."""
    oidc_issuer: str = ""
    """Address of an OpenID provider; empty: people sign in with passwords alone."""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_client_secret_file: str = ""
    oidc_scopes: str = "openid profile email"
    oidc_login_claim: str = "preferred_username"
    oidc_name_claim: str = "name"
    oidc_groups_claim: str = "groups"
    oidc_label: str = "Anmeldedienst"
    """What the button on the sign-in page calls it."""
    oidc_create_people: bool = True
    oidc_link_logins: bool = False
    """Somebody who comes for the first time takes over the account with the same login."""
    ldap_url: str = ""
    """Directory people come from (``ldaps://…``); empty: none."""
    ldap_start_tls: bool = False
    ldap_ca_file: str = ""
    """Certificates to trust; empty: those of the system."""
    ldap_bind_dn: str = ""
    ldap_password: str = field(default="", repr=False)
    ldap_password_file: str = ""
    ldap_base: str = ""
    ldap_filter: str = "(objectClass=inetOrgPerson)"
    """Finds the active people and nobody else."""
    ldap_login_attribute: str = "uid"
    ldap_name_attribute: str = "cn"
    ldap_subject_attribute: str = "entryUUID"
    """What names an entry for ever; ``objectGUID`` in Active Directory."""
    ldap_groups_attribute: str = "memberOf"
    ldap_link_logins: bool = False
    """Somebody the directory tells of for the first time takes over the account with the same login."""
    ldap_sign_in: bool = False
    """The directory judges the passwords of people who have none here."""
    separator_prefix: str = "TRENN"
    """How a Code 128 begins that separates documents in a batch; empty: none does."""
    inspection_percent: int = 10
    """Share of a batch that is drawn for visual inspection where the protection need is normal."""
    inspection_least: int = 5
    """Documents drawn at least."""
    paper_must_stay: str = "Urkunde, Notarielle Urkunde, Personenstandsurkunde, Wertpapier, Scheck"
    """Document types whose paper is never released for destruction, separated by commas."""
    cooling_off_days: int = 14
    """Days between the second approval and destruction."""
    wipe_hour: int = 3
    """Hour of the night in which PostgreSQL tables and the Tantivy index are written anew after destructions, so that
    no bytes of what was destroyed stay in them; another number than an hour: never."""
    backup_days: str = ""
    """How many days each kind of backup is kept, e.g. ``Tagessicherung 30, Monatssicherung 400``; the certificate of a
    destruction tells until when copies exist in them."""
    seal_file: str = ""
    """PKCS #12 file with the key and certificate that certificates of destruction are signed with; empty: none."""
    seal_password: str = field(default="", repr=False)
    seal_password_file: str = ""
    archive_folder: str = ""
    """Exchange folder of the city archive (sub-folders ``out`` and ``in``); empty: no hand-over."""
    archive_url: str = ""
    """Instead of the folder, such a place on a server: ``https://host/folder`` (WebDAV) or ``sftp://host/folder``."""
    archive_user: str = ""
    archive_password: str = field(default="", repr=False)
    """For WebDAV the password, for SFTP the passphrase of the key."""
    archive_password_file: str = ""
    archive_ca_file: str = ""
    """Certificates to trust for WebDAV; empty: the usual ones."""
    archive_key_file: str = ""
    """Our private key for SFTP."""
    archive_host_key: str = ""
    """Key the SFTP server has to show, as ``ssh-keyscan`` prints it without the host; several with commas between."""
    xdomea_schemas: str = ""
    """Folder with the xdomea schemas; without it nothing is sent to the archive."""
    anchor_file: str = ""
    """File of the daily heads of the history chain; empty: ``anchors.jsonl`` in the data folder."""
    timestamp_url: str = ""
    """Time-stamp service (RFC 3161) that stamps the anchors; empty: none."""
    timestamp_certificates: str = ""
    """PEM file with the certificates of the time-stamp service, for verification."""
    authority_id: str = "psw:00000000"
    """Behördenkennung of this authority (DVDV)."""
    archive_id: str = "psw:00000001"
    archive_xdomea: str = "3.1.0"
    """Version of xdomea that the archive reads: 3.1.0 or 4.0.0."""
    archive_naming: str = ""
    """How packages are named: ``long``, ``numbered`` or ``short``; empty: as the version says."""
    archive_procedure: str = "four-step"
    """``four-step``: the archive is offered what it has to decide about; ``two-step``: it decided in advance (A)."""
    archive_package_mb: int = 0
    """Most megabytes of documents in one package to the archive; 0: no limit."""
    archive_package_files: int = 0
    """Most case files in one package to the archive; 0: no limit."""
    archive_appraisal_days: int = 180
    """Days the archive has for its appraisal, of case files or of the file plan; then it is shown as overdue."""
    archive_import_days: int = 30
    """Days the archive has to confirm what was handed over."""

    @property
    def database(self) -> str:
        """The database address, the embedded default filled in."""
        return self.database_url or f"sqlite:///{self.data_folder / 'eakte.sqlite'}"

    @property
    def keys(self) -> str:
        """The address of the key store, the embedded default filled in."""
        return self.key_store or f"sqlite:///{self.data_folder / 'keys' / 'keys.sqlite'}"

    @property
    def anchors(self) -> Path:
        """The file of anchors, the embedded default filled in."""
        return Path(self.anchor_file) if self.anchor_file else self.data_folder / "anchors.jsonl"

    @property
    def backups(self) -> dict[str, int]:
        """How many days each kind of backup is kept.

        Raises:
            SettingsInvalid: An entry is not a name with a number of days.
        """
        found: dict[str, int] = {}
        for entry in filter(None, map(str.strip, self.backup_days.split(","))):
            name, _, days = entry.rpartition(" ")
            if not name.strip() or not days.isdecimal():
                problem = f"„{entry}“ ist kein Name mit einer Zahl von Tagen, wie „Tagessicherung 30“."
                raise SettingsInvalid(name="backup_days", problem=problem)
            found[name.strip()] = int(days)
        return found

    def secret(self, name: str) -> str:
        """Return a secret: the setting *name* itself, or the content of the file that ``<name>_file`` names.

        Raises:
            SettingsInvalid: The file cannot be read.
        """
        if file := getattr(self, f"{name}_file"):
            try:
                return Path(file).read_text("utf-8").strip()
            except OSError as error:
                raise SettingsInvalid(name=f"{name}_file", problem=f"„{file}“ ist nicht lesbar.") from error
        return str(getattr(self, name))


@cache
def release() -> str:
    """Return name and version of the product, as told in transfer notes."""
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return f"E-Akte {project['version']}"


def load(file: Path | None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read settings from *file* (if given) and the environment.

    Raises:
        SettingsInvalid: A name is unknown or a value does not fit its type.
    """
    values: dict[str, object] = {}
    if file is not None:
        values.update(tomllib.loads(file.read_text("utf-8")))
        values.pop("tenants", None)  # eakte.tenants reads them
    names = {field.name: field for field in dataclasses.fields(Settings)}
    for name in names:
        if (text := environment.get(PREFIX + name.upper())) is not None:
            values[name] = text
    if unknown := sorted(set(values) - set(names)):
        raise SettingsInvalid(name=unknown[0], problem="Diesen Namen gibt es nicht.")
    return Settings(**{name: typed(name, value) for name, value in values.items()})  # type: ignore[arg-type]  # typed checks


def typed(name: str, value: object) -> object:
    """Return a value of the setting's type.

    Raises:
        SettingsInvalid: It does not fit.
    """
    default = getattr(Settings(), name)
    try:
        if isinstance(default, bool):
            return _boolean(str(value))
        if isinstance(default, Path):
            return Path(str(value))
        return type(default)(value)
    except ValueError as error:
        raise SettingsInvalid(name=name, problem=f"„{value}“ passt nicht.") from error


def _boolean(text: str) -> bool:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ValueError(text)
