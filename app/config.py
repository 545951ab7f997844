"""Settings, typed, from the environment and instance/. Production refuses to start without what it needs."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MEGABYTE = 1024 * 1024


class SettingsInvalid(Exception):
    """A setting that would make the start unsafe or senseless; the text says what to do."""


@dataclass(frozen=True)
class Settings:
    environment: str = "development"
    secret_key: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)
    database_url: str = "sqlite:///:memory:"
    instance_path: Path = ROOT / "instance"
    rulebooks_path: Path = ROOT / "rulebooks"
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    mail_server: str = ""
    mail_sender: str = "zhiheng@demo.example"
    mail_username: str = ""
    mail_password: str = field(default="", repr=False)
    demo_password: str = field(default="", repr=False)
    trusted_proxies: int = 0
    max_request_bytes: int = 210 * MEGABYTE
    retention_files_years: int = 10
    retention_contacts_years: int = 3
    retention_names_years: int = 10

    @property
    def uploads_path(self) -> Path:
        return self.instance_path / "uploads"

    @property
    def public_address(self) -> str:
        """Where people reach the product, for links in mails; never taken from a request."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Raises SettingsInvalid with a sentence for each refused start."""
        environment = environ.get("ZHIHENG_ENV", "development")
        instance = Path(environ.get("INSTANCE_PATH", ROOT / "instance")).resolve()
        instance.mkdir(parents=True, exist_ok=True)
        settings = cls(
            environment=environment,
            secret_key=environ.get("SECRET_KEY", "") or _kept_secret(instance, environment),
            database_url=_driver_named(environ.get("DATABASE_URL", "") or f"sqlite:///{instance / 'zhiheng.sqlite3'}"),
            instance_path=instance,
            host=environ.get("HOST", "127.0.0.1"),
            port=_port(environ.get("PORT", "8000")),
            public_url=environ.get("PUBLIC_URL", ""),
            mail_server=environ.get("MAIL_SERVER", ""),
            mail_sender=environ.get("MAIL_SENDER", "zhiheng@demo.example"),
            mail_username=environ.get("MAIL_USERNAME", ""),
            mail_password=environ.get("MAIL_PASSWORD", ""),
            demo_password=environ.get("DEMO_PASSWORD", ""),
            trusted_proxies=int(environ.get("TRUSTED_PROXIES", "0")),
            retention_files_years=_years(environ, "RETENTION_FILES_YEARS", "10"),
            retention_contacts_years=_years(environ, "RETENTION_CONTACTS_YEARS", "3"),
            retention_names_years=_years(environ, "RETENTION_NAMES_YEARS", "10"),
        )
        settings.refuse_unsafe()
        return settings

    def refuse_unsafe(self) -> None:
        if self.environment not in ("development", "testing", "production"):
            raise SettingsInvalid(
                "ZHIHENG_ENV 只能是 development、testing 或 production。ZHIHENG_ENV must be one of these."
            )
        if not self.is_production:
            return
        if self.demo_password:
            raise SettingsInvalid(
                "生产环境不能设置 DEMO_PASSWORD，请去掉它再启动。DEMO_PASSWORD is refused in production; unset it."
            )
        if not self.public_url.startswith("https://"):
            raise SettingsInvalid(
                "生产环境必须设置以 https:// 开头的 PUBLIC_URL。Production needs PUBLIC_URL beginning with https://."
            )


def _kept_secret(instance: Path, environment: str) -> str:
    """Made once and kept readable by its owner only; production must be given one."""
    if environment == "production":
        raise SettingsInvalid("生产环境必须设置 SECRET_KEY。Production needs SECRET_KEY; set a long random value.")
    path = instance / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def _driver_named(url: str) -> str:
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise SettingsInvalid(f"PORT={text} 不是 1–65535 之间的整数。PORT must be a whole number from 1 to 65535.")
    return int(text)


def _years(environ: Mapping[str, str], name: str, usual: str) -> int:
    """For how many years after archiving something is kept."""
    text = environ.get(name, usual)
    if not text.isdigit() or not 0 < int(text) <= 100:
        raise SettingsInvalid(
            f"{name}={text} 不是 1–100 之间的整数。{name} must be a whole number of years from 1 to 100."
        )
    return int(text)
