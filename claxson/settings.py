"""All settings of the site; what differs between machines comes in by `claxson.env`."""

import os
from pathlib import Path

from csp.constants import NONE, SELF

from claxson.env import env_bool, env_database, env_int, env_list, env_mail, env_path, env_secret, env_str

BASE_DIR = Path(__file__).resolve().parent.parent

# Everything the site writes: database cluster, models, products, collected static files.
CLAXSON_DATA = env_path("CLAXSON_DATA", BASE_DIR / "var")
CLAXSON_REAL_DATA = env_path("CLAXSON_REAL_DATA", BASE_DIR.parent / "shared" / "data")

DEBUG = env_bool("DEBUG", default=False)
HTTPS = env_bool("HTTPS", default=False)
SECRET_KEY = env_secret("SECRET_KEY", kept_in=CLAXSON_DATA / "secret_key")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "procrastinate.contrib.django",
    "claxson.core",
    "claxson.accounts",
    "claxson.catalogue",
    "claxson.voting",
    "claxson.tutorial",
    "claxson.learning",
    "claxson.community",
    "claxson.web",
    "claxson.api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "claxson.core.shortpath.ShortPath",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads at random against BREACH
    "claxson.core.outage.DatabaseAway",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "claxson.web.methods.NotAllowedPages",
]

ROOT_URLCONF = "claxson.urls"
WSGI_APPLICATION = "claxson.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "claxson.web.context.site",
            ],
        },
    }
]

# --- Database: DATABASE_URL, or an embedded PostgreSQL that starts at the first connection -------------
DATABASES = {
    "default": env_database("DATABASE_URL")
    or {
        "ENGINE": "claxson.core.postgresql",
        "NAME": "claxson",
        "CLUSTER_HOME": CLAXSON_DATA / "pg",
        "CONN_HEALTH_CHECKS": True,
    }
}
# `manage.py serve`: processes, and threads of each. A thread keeps its connection: to open one costs more
# than a vote. What runs very often is planned once for each connection (core.statements), unless a pooler
# lends connections for one transaction: the next is another one, which knows no plan and no cursor.
DATABASE_POOLER = env_bool("DATABASE_POOLER", default=False)
WEB_WORKERS = env_int("WEB_WORKERS", min(2, os.cpu_count() or 1))
WEB_THREADS = env_int("WEB_THREADS", 4)
DATABASES["default"] |= {
    "CONN_MAX_AGE": 600,
    "DISABLE_SERVER_SIDE_CURSORS": DATABASE_POOLER,
    "OPTIONS": DATABASES["default"].get("OPTIONS", {})
    | {"prepare_threshold": None if DATABASE_POOLER else 5},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "classify"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]  # no address is asked of anyone
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True

ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody gets mail who has not given this address here
ACCOUNT_EMAIL_SUBJECT_PREFIX = "CLAXSON: "
ACCOUNT_ADAPTER = "claxson.web.people.entrance.EntranceAdapter"

# Mail: only to who forgot a password, and only where the operator names a mail server.
MAIL = env_mail("EMAIL_URL")
EMAIL_HOST = MAIL.get("EMAIL_HOST", "")
EMAIL_PORT = MAIL.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = MAIL.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = MAIL.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = MAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env_str("CLAXSON_MAIL_FROM", "claxson@localhost")

# Whom people write to: a mail address, or the address of a page; shown on the contact and privacy pages.
OPERATOR_CONTACT = env_str("CLAXSON_CONTACT", "")

# Aladin Lite, on pages of its own: it comes from the CDS, which then learns who looks where.
ALADIN = env_bool("CLAXSON_ALADIN", default=False)

# --- Votes and learning -------------------------------------------------------------------------------
RETRAIN_AFTER_LABELS = env_int("CLAXSON_RETRAIN_AFTER_LABELS", 5)

# Proxies in front of the site whose X-Forwarded-For is believed; the client's network limits newcomers.
TRUSTED_PROXIES = env_int("TRUSTED_PROXIES", 0)

# --- Languages ------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("es", "Español"), ("el", "Ελληνικά"), ("it", "Italiano")]
# Set on one's own page only, and kept: where the address names no language, it decides.
LANGUAGE_COOKIE_NAME = "claxson_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = HTTPS
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "UTC"

# --- Files ----------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = CLAXSON_DATA / "static"
MEDIA_ROOT = env_path("MEDIA_ROOT", CLAXSON_DATA / "products")
MODEL_ROOT = CLAXSON_DATA / "models"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "claxson.staticfiles.HashedModules"},
}

# --- Security -----------------------------------------------------------------------------------------
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Logging: once, here ------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env_str("LOG_LEVEL", "WARNING").upper()},
    "loggers": {
        "claxson": {"level": env_str("LOG_LEVEL", "INFO").upper()},
        # Django's own handlers would say everything twice.
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
    },
}
