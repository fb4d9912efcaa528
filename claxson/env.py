"""Typed readers of environment variables; each fails loudly on a value it cannot read."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def env_str(name: str, default: str) -> str:
    return os.environ.get(name, default)


def env_bool(name: str, *, default: bool) -> bool:
    raw = os.environ.get(name)
    if raw is None:
        return default
    if raw.lower() in TRUE | FALSE:
        return raw.lower() in TRUE
    raise ImproperlyConfigured(f"{name}={raw!r} is neither true nor false; write 1 or 0")


def env_int(name: str, default: int) -> int:
    raw = os.environ.get(name)
    if raw is None:
        return default
    try:
        return int(raw)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={raw!r} is not a whole number") from error


def env_list(name: str, default: list[str]) -> list[str]:
    raw = os.environ.get(name)
    return default if raw is None else [part.strip() for part in raw.split(",") if part.strip()]


def env_path(name: str, default: Path) -> Path:
    """An absolute folder; a relative one would move with the caller's working directory."""
    raw = os.environ.get(name)
    return default if not raw else Path(raw).expanduser().resolve()


def env_database(name: str) -> dict[str, Any]:
    """Django's settings of a PostgreSQL address; empty where the variable is absent."""
    raw = os.environ.get(name)
    if not raw:
        return {}
    if not raw.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured(f"{name} must be a PostgreSQL address: postgres://user:password@host/name")
    return dict(dj_database_url.parse(raw, conn_health_checks=True))


def env_mail(name: str) -> dict[str, Any]:
    """Django's settings of a mail server's address; empty where the variable is absent."""
    raw = os.environ.get(name)
    if not raw:
        return {}
    parts = urlsplit(raw)
    if parts.scheme not in {"smtp", "smtp+tls", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured(f"{name} must be a mail server: smtp+tls://user:password@host:587")
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }


def env_secret(name: str, *, kept_in: Path) -> str:
    """`NAME`, or the content of the file `NAME_FILE`, or a value made once and kept in a private file."""
    if name in os.environ:
        return os.environ[name]
    stated = os.environ.get(f"{name}_FILE")
    if stated:
        return _read_secret(name, Path(stated))
    return _read_secret(name, kept_in) if kept_in.exists() else _make_secret(kept_in)


def _read_secret(name: str, path: Path) -> str:
    try:
        value = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}: cannot read {path}: {error.strerror}") from error
    if not value:
        raise ImproperlyConfigured(f"{name}: {path} is empty")
    return value


def _make_secret(path: Path) -> str:
    """Written whole under a name of its own, then linked: two first starts at once agree on one value."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(64), encoding="utf-8")
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text(encoding="utf-8").strip()
