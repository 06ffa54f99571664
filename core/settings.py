"""Settings: one model, every fault reported at once. Only ``server.py`` reads the environment."""

import base64
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

from core.errors import Misconfigured
from core.nouns import Runner

PREFIX = "FRONTDESK_"


class Settings(BaseModel):
    """What is in force; names are those of CONTRACT.md without the prefix."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: str = "sqlite:///var/frontdesk.db"
    """``sqlite:///PATH`` or ``postgresql://…``; the application's own role, not the owner of the tables."""
    migration_url: str | None = None
    """PostgreSQL: the owner's role, for ``db upgrade``."""
    redis_url: str | None = None
    """``redis://…``, ``rediss://…`` or ``unix://…``: doorbells between processes; the work never depends on it."""
    master_key: SecretStr | None = None
    """Base64 of 32 bytes; made and kept in the data folder when absent with SQLite."""
    master_key_previous: SecretStr | None = None
    public_url: str = "http://127.0.0.1:8080"
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    """Whose ``X-Forwarded-For`` is believed: addresses and networks, comma-separated."""
    smtp_url: SecretStr | None = None
    """``smtp://[USER:PASSWORD@]HOST[:PORT]`` or ``smtps://…``; None: letters are written to a folder."""
    mail_from: str | None = None
    """Who letters are from, ``Name <address>`` or an address."""
    meta_app_id: str | None = None
    meta_app_secret: SecretStr | None = None
    """Comma-separated while rotating; an Instagram-Login app signs with its own secret, which goes here too."""
    meta_verify_token: SecretStr | None = None
    graph_url: str | None = None
    """Replaces Meta's hosts: the simulator, or a test double."""
    graph_version: str = Field(default="v26.0", pattern=r"^v\d+\.\d+$")
    data_dir: Path = Path("var")
    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    openai_model: str = "gpt-5-mini"
    """What the aliases ``default`` and ``fast`` mean where a tenant says nothing."""
    model_client: str = Field(default="langchain-openai", pattern="^(langchain-openai|lean)$")
    """What asks the endpoint: ChatOpenAI, or our own client, which costs a fraction of its CPU."""
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")
    log_format: str = Field(default="text", pattern="^(text|json)$")
    turns_at_once: int = Field(default=64, ge=1, le=1024)
    runner: Runner = Runner.AUTO
    """What runs flows; for finding a fault, or for tools that watch LangGraph's own loop."""
    model_timeout_seconds: float = Field(default=20.0, gt=0)
    """How long one answer of a model is waited for; a node's own budget may be shorter."""
    demo_login: str | None = None
    """Shown on the sign-in page of the demo."""

    @field_validator("database_url")
    @classmethod
    def _known_store(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql://", "postgres://")):
            raise ValueError("must start with sqlite:/// or postgresql://")
        return value

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: str | None) -> str | None:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must start with redis://, rediss:// or unix://")
        return value

    @field_validator("public_url", "graph_url", "openai_base_url")
    @classmethod
    def _is_url(cls, value: str | None) -> str | None:
        if value and urlsplit(value).scheme not in {"http", "https"}:
            raise ValueError("must be an http:// or https:// address")
        return value.rstrip("/") if value else None

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _are_networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
        except ValueError as error:
            raise ValueError(
                f"must be addresses or networks, comma-separated, as 127.0.0.1,10.0.0.0/8: {error}"
            ) from None

    @field_validator("smtp_url")
    @classmethod
    def _is_smtp(cls, value: SecretStr | None) -> SecretStr | None:
        parts = urlsplit(value.get_secret_value()) if value else None
        if parts is not None and (parts.scheme not in {"smtp", "smtps"} or not parts.hostname):
            raise ValueError("must be smtp://[USER:PASSWORD@]HOST[:PORT] or smtps://…")
        return value

    @model_validator(mode="after")
    def _letters_are_from_somebody(self) -> "Settings":
        if self.smtp_url is not None and self.mail_from is None:
            raise ValueError("FRONTDESK_MAIL_FROM is required with FRONTDESK_SMTP_URL")
        return self

    @field_validator("master_key", "master_key_previous")
    @classmethod
    def _is_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        try:
            raw = base64.b64decode(value.get_secret_value(), validate=True)
        except ValueError:
            raw = b""
        if len(raw) != 32:
            raise ValueError("must be base64 of exactly 32 bytes (make one with: openssl rand -base64 32)")
        return value

    @model_validator(mode="after")
    def _postgres_needs_a_key(self) -> "Settings":
        if not self.is_sqlite and self.master_key is None:
            raise ValueError(
                "FRONTDESK_MASTER_KEY is required with PostgreSQL (make one with: openssl rand -base64 32)"
            )
        return self

    @property
    def is_sqlite(self) -> bool:
        """Tell whether the store is the embedded one."""
        return self.database_url.startswith("sqlite")

    @property
    def simulates(self) -> bool:
        """Tell whether a simulator stands for the outside: addresses of this machine are no secret then."""
        return self.graph_url is not None

    @property
    def app_secrets(self) -> tuple[str, ...]:
        """Return Meta's app secrets, current first."""
        text = self.meta_app_secret.get_secret_value() if self.meta_app_secret else ""
        return tuple(secret.strip() for secret in text.split(",") if secret.strip())


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Build settings from environment variables; raises Misconfigured with every fault.

    Unknown ``FRONTDESK_`` names are faults as well: a misspelt setting that is silently ignored is worse than an error.
    """
    known = set(Settings.model_fields)
    values: dict[str, str] = {}
    faults: list[str] = []
    for name, value in environ.items():
        field = name.removeprefix(PREFIX).lower() if name.startswith(PREFIX) else name.lower()
        if name.startswith(PREFIX) and not name.startswith(PREFIX + "TEST_"):
            if field not in known or field.startswith("openai_"):
                faults.append(f"{name}: no such setting")
            elif value.strip():
                values[field] = value.strip()
        elif name in {"OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL"} and value.strip():
            values[field] = value.strip()
    if values.get("database_url", "").startswith("postgres") and "master_key" not in values:
        faults.append(f"{PREFIX}MASTER_KEY: required with PostgreSQL (make one with: openssl rand -base64 32)")
        values["master_key"] = base64.b64encode(bytes(32)).decode()
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        for item in error.errors():
            field = str(item["loc"][0]) if item["loc"] else ""
            label = (field.upper() if field.startswith("openai_") else PREFIX + field.upper()) + ": " if field else ""
            faults.append(label + item["msg"].removeprefix("Value error, "))
        raise Misconfigured(faults) from None
    if faults:
        raise Misconfigured(faults)
    return settings


def masked(settings: Settings) -> dict[str, str]:
    """Return what is in force, secrets as ``***``, passwords in URLs hidden: what ``doctor`` prints."""
    shown: dict[str, str] = {}
    for name in Settings.model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            shown[name] = "***"
        elif name.endswith("_url") and value:
            shown[name] = _masked_url(value)
        elif isinstance(value, tuple):
            shown[name] = ",".join(map(str, value))
        else:
            shown[name] = "" if value is None else str(value)
    return shown


def _masked_url(url: str) -> str:
    """Return an address without who signs in there; a query may hold a password too."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    netloc = f"***@{host}" if "@" in parts.netloc else host
    shown = f"{parts.scheme}://{netloc}{parts.path}"
    return f"{shown}?***" if parts.query else shown
