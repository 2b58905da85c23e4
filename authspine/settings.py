"""The one settings file. What differs between installations comes from the environment, loud on a bad value."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from authspine.accounts.configuration import *  # noqa: F403 (what is the same everywhere)
from authspine.api.policies import STRICT
from authspine.environment import (
    address,
    choice,
    database,
    flag,
    hosts,
    key_ring,
    limits,
    mailer,
    names,
    networks,
    number,
    pool,
    seconds,
    text,
)
from authspine.kernel import tenancy
from authspine.kernel.logs.configuration import configuration

VERSION = "0.1.0"
BASE_DIR = Path(__file__).resolve().parent.parent
APP_ROLE = "authspine_app"
OWNER_ROLE = "authspine_owner"

DEBUG = flag("DEBUG")
DEMO = flag("DEMO")
# The slug of the organization that the demo pages show, and no other.
DEMO_ORGANIZATION = text("DEMO_ORGANIZATION", "demo")
SECRET_KEY = text("SECRET_KEY")
PII_SECRETS = key_ring()
LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]"}
ALLOWED_HOSTS = hosts("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
if DEBUG and set(ALLOWED_HOSTS) - LOCAL_HOSTS:
    # Its pages show the code that failed, with what was in it.
    raise ImproperlyConfigured("DEBUG=1 is for this machine only: ALLOWED_HOSTS must name no other host.")
CSRF_TRUSTED_ORIGINS = names("CSRF_TRUSTED_ORIGINS", "")
# Pages over plain HTTP are for a demo on this machine only.
SECURE = flag("SECURE", "0" if DEMO or DEBUG else "1")

DATABASE_URL = text("DATABASE_URL")
DATABASE_OWNER_URL = text("DATABASE_OWNER_URL", DATABASE_URL)
# The login that reports use, to be given its role; the platform itself never connects by it.
DATABASE_READONLY_URL = text("DATABASE_READONLY_URL", "")
POOL = pool()
# How long one statement of a request may take; of an export, a job or a command. 0: without an end.
STATEMENT_TIMEOUT_SECONDS = seconds("STATEMENT_TIMEOUT_SECONDS", 30)
LONG_STATEMENT_TIMEOUT_SECONDS = seconds("LONG_STATEMENT_TIMEOUT_SECONDS", 3600)
# Scopes say it for each transaction; this is for what runs outside of any.
LONGEST_SECONDS = LONG_STATEMENT_TIMEOUT_SECONDS if tenancy.is_patient() else STATEMENT_TIMEOUT_SECONDS
DATABASES = {
    "default": database(DATABASE_URL, APP_ROLE, longest=LONGEST_SECONDS, pool=POOL) | {"CONN_HEALTH_CHECKS": True},
    "owner": database(DATABASE_OWNER_URL, OWNER_ROLE),
}
# Who was erased, by ids alone, in a file outside of the database: a backup that is restored forgets them again. It must
# outlive the database, so in production it lies on another disk, and is backed up by itself.
ERASURE_LIST = Path(text("ERASURE_LIST", str(BASE_DIR / "var" / "erasures.jsonl")))
# For how many years after their own the records of money are kept.
# How long a client's self-service link is good after the booking.
LINK_DAYS = number("LINK_DAYS", 30, most=36_500)
MONEY_KEPT_YEARS = number("MONEY_KEPT_YEARS", 10, most=1000)
# What the nightly job does with clients whose vertical's days are over; an erasure cannot be taken back.
RETENTION = choice("RETENTION", "tell", "tell", "erase", "off")
# A worker that has not been heard of for so long is taken for dead, and what it was doing is done again.
WORKER_STALLED_SECONDS = seconds("WORKER_STALLED_SECONDS", 30, 1)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Ours, at the top of the repository: the platform and the apps.
PACKAGES = ("authspine", "clients", "professionals", "services", "bookings", "payments", "analytics")
INSTALLED_APPS = [
    # Before Unfold: its templates stand in for some of Unfold's.
    "authspine.platform",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "authspine.platform.back_office.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    # The queue of jobs; it finds the tasks of the apps below it by their module `tasks`.
    "procrastinate.contrib.django",
    # Before allauth: its templates stand in for allauth's.
    "authspine.accounts",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "authspine.audit",
    "authspine.privacy",
    "authspine.identity",
    "authspine.idempotency",
    "authspine.limits",
    "authspine.api",
    "authspine.demo",
    "authspine.operations",
    *PACKAGES[1:],
]

MIDDLEWARE = [
    "authspine.api.address.ForwardedByOurs",
    "authspine.api.edge.Edge",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "authspine.api.paths.TolerateOneSlash",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "authspine.api.page_limits.Limits",
    "allauth.account.middleware.AccountMiddleware",
    "authspine.accounts.gate.SecondFactorGate",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "authspine.urls"
WSGI_APPLICATION = "authspine.wsgi.application"
APPEND_SLASH = False
AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "authspine.accounts.backends.AliasBackend"]
# A login is unique by the blind index of its e-mail; Django looks for a unique e-mail. What axes finds is answered like
# any other wrong password, not by its middleware. Nobody signs up, so no field of that page is asked for.
SILENCED_SYSTEM_CHECKS = ["auth.W004", "axes.W002", "account.W001"]
LOGIN_URL = "/accounts/login"
LOGOUT_REDIRECT_URL = LOGIN_URL
# Where links in mails lead, whatever host a request names.
PUBLIC_URL = address("PUBLIC_URL", f"{'https' if SECURE else 'http'}://{ALLOWED_HOSTS[0]}")
MAILERS = {"default": mailer("EMAIL_URL", f"file:{BASE_DIR / 'var' / 'mail'}")}
DEFAULT_FROM_EMAIL = text("EMAIL_FROM", f"Auth-spine <no-reply@{ALLOWED_HOSTS[0]}>")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

# What a page says once may name a person: it goes to the browser that asked and never into the table of sessions.
MESSAGE_STORAGE = "authspine.api.messages.HostCookie"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns about a folder that is not there
# Served straight from the installed packages: nothing to collect before a start.
WHITENOISE_USE_FINDERS = True

SECURE_SSL_REDIRECT = SECURE and flag("SSL_REDIRECT", "1")
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
# A cookie of this name is taken from this very host over HTTPS alone: no subdomain can plant one.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, MESSAGES_COOKIE_NAME = (
    ("__Host-" if SECURE else "") + name for name in ("sessionid", "csrftoken", "messages")
)
# No script of ours reads it: forms carry the token.
CSRF_COOKIE_HTTPONLY = True
SECURE_CSP = STRICT
# Whom forwarded headers are believed from: networks, and `unix` for a socket in the file system.
TRUSTED_PROXIES = networks("TRUSTED_PROXIES")
if flag("BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    if not TRUSTED_PROXIES:
        raise ImproperlyConfigured("BEHIND_PROXY=1 needs TRUSTED_PROXIES: whose X-Forwarded-Proto is to be believed.")

# How often what may be done (`authspine.limits.rates`), and where it is counted if not in the database.
RATE_LIMITS = limits("RATE_LIMITS", may_be_off=DEMO or DEBUG)
REDIS_URL = text("REDIS_URL", "")

# The largest body that is read, in bytes; an import is read by the command when it is larger.
DATA_UPLOAD_MAX_MEMORY_SIZE = number("MAX_BODY_BYTES", 20 * 1024 * 1024, 1024)
MAX_JSON_DEPTH = 50
# An export wraps what stood in a body: up to five levels round the metadata of a record inside another.
MAX_IMPORT_JSON_DEPTH = MAX_JSON_DEPTH + 10

# How many holds of one client may wait at a time, where its vertical does not say; how many may lapse within an hour.
MAX_OPEN_HOLDS = number("MAX_OPEN_HOLDS", 5, 1)
MAX_LAPSES = number("MAX_LAPSES", 10, 1)

STRIPE_API_KEY = os.environ.get("STRIPE_API_KEY", "")
STRIPE_API_BASE = os.environ.get("STRIPE_API_BASE", "https://api.stripe.com")
STRIPE_TIMEOUT_SECONDS = seconds("STRIPE_TIMEOUT_SECONDS", 20, 1)
STRIPE_RETRIES = number("STRIPE_RETRIES", 2)
# What Stripe signs its messages to us with, one or several with commas between; without any they are refused.
STRIPE_WEBHOOK_SECRET = os.environ.get("STRIPE_WEBHOOK_SECRET", "")
# Whose payments these are; events that name another account are rejected.
STRIPE_ACCOUNT = os.environ.get("STRIPE_ACCOUNT", "")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "authspine.api.authentication.ApiKeyAuthentication",
        "authspine.api.authentication.MemberAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["authspine.api.permissions.InTable"],
    "DEFAULT_PARSER_CLASSES": ["authspine.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "authspine.api.pagination.CursorPages",
    "DEFAULT_FILTER_BACKENDS": ["authspine.api.filters.StrictFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "authspine.api.schema.ProblemAutoSchema",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "authspine.api.negotiation.AlwaysFirst",
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "authspine.api.errors.problem_response",
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Auth-spine",
    "DESCRIPTION": "Bookings and payments for any trade, with clients, professionals, services and analytics.",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.0",
    "SERVE_PUBLIC": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": "/api/platform",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "WayOfPaying": "payments.models.METHODS",
        "KeptOnFile": "payments.api.methods.KINDS",
        "WayOfConsent": "clients.api.SAID_BY",
        "KindOfQuestion": "professionals.rules.starting_points.QUESTION_TYPES",
    },
}

UNFOLD = {
    "SITE_TITLE": "Auth-spine",
    "SITE_HEADER": "Auth-spine",
    "SITE_SYMBOL": "event_available",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "authspine.platform.sidebar.icon"}],
    "SITE_URL": "/platform-demo" if DEMO else None,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    # One blue for links, buttons and focus: 4.5:1 and more on the page's ground, light and dark.
    "COLORS": {
        "primary": {
            "50": "oklch(97% .014 254.604)",
            "100": "oklch(93.2% .032 255.585)",
            "200": "oklch(88.2% .059 254.128)",
            "300": "oklch(80.9% .105 251.813)",
            "400": "oklch(70.7% .165 254.624)",
            "500": "oklch(62.3% .214 259.815)",
            "600": "oklch(54.6% .245 262.881)",
            "700": "oklch(48.8% .243 264.376)",
            "800": "oklch(42.4% .199 265.638)",
            "900": "oklch(37.9% .146 265.522)",
            "950": "oklch(28.2% .091 267.935)",
        }
    },
    "DASHBOARD_CALLBACK": "authspine.platform.overview.overview",
    "STYLES": ["authspine.platform.sidebar.stylesheet"],
    "SCRIPTS": ["authspine.platform.sidebar.script"],
    "ENVIRONMENT": "authspine.platform.sidebar.shown_organization",
    "SIDEBAR": {"navigation": "authspine.platform.sidebar.sidebar"},
}

# Lines for a person who watches the terminal, or one JSON object a line; the same fields in both.
LOG_FORMAT = choice("LOG_FORMAT", "text" if DEMO or DEBUG else "json", "json", "text")
# From which level on our own code speaks, other programs' from WARNING on. At INFO each request has its line.
LOG_LEVEL = choice("LOG_LEVEL", "WARNING" if DEMO or DEBUG else "INFO", "INFO", "WARNING", "ERROR")
LOGGING = configuration(LOG_FORMAT, LOG_LEVEL, PACKAGES)
if os.environ.get("STRIPE_LOG"):
    raise ImproperlyConfigured("STRIPE_LOG makes Stripe's library print what is sent and received; do not set it.")
