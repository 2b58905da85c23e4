"""The one settings file. What differs between installations comes from the environment, loud on a bad value."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from authspine.api.description import DESCRIPTION
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
from authspine.platform.look import LOOK

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
    "authspine.api.bodies.Bounded",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "authspine.api.paths.TolerateOneSlash",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "authspine.api.page_limits.Limits",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
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
# Signing in, by allauth and axes. No page to sign up: people are invited.
ACCOUNT_ADAPTER = "authspine.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "authspine.accounts.forms.SignInForm",
    "change_password": "authspine.accounts.forms.PasswordForm",
    "reset_password": "authspine.accounts.forms.ForgottenForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# No column of ours holds an address that allauth could ask for: it is told aliases (authspine.accounts.aliases).
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# allauth counts in a cache of each process; authspine.limits counts in the database.
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
MFA_ADAPTER = "authspine.accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "authspine.accounts.forms.SecondStepForm",
    "reauthenticate": "authspine.accounts.forms.AgainForm",
    "activate_totp": "authspine.accounts.forms.AppForm",
    "add_webauthn": "authspine.accounts.passkey_forms.AddPasskeyForm",
    "login_webauthn": "authspine.accounts.passkey_forms.SignInPasskeyForm",
    "authenticate_webauthn": "authspine.accounts.passkey_forms.SecondStepPasskeyForm",
    "reauthenticate_webauthn": "authspine.accounts.passkey_forms.AgainPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A key is shown with its PIN or a finger, whatever for: allauth keeps one state for all ceremonies, and a mere touch
# that one of them has asked for would sign in at another.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_ISSUER = "Auth-spine"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute wrong
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = "authspine.accounts.axes.most"
AXES_COOLOFF_TIME = "authspine.accounts.axes.cool_off"
AXES_USERNAME_CALLABLE = "authspine.accounts.axes.username"
AXES_CLIENT_IP_CALLABLE = "authspine.accounts.axes.address"
AXES_CLIENT_STR_CALLABLE = "authspine.accounts.axes.client"
AXES_SENSITIVE_PARAMETERS = ["login", "email", "username", "next"]
AXES_RESET_ON_SUCCESS = AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = AXES_VERBOSE = False
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
# Nothing takes a file: what a form brings is never written to disk, and beyond a small size it is not kept at all.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
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

SPECTACULAR_SETTINGS = DESCRIPTION | {"VERSION": VERSION}
UNFOLD = LOOK | {"SITE_URL": "/platform-demo" if DEMO else None}

# Lines for a person who watches the terminal, or one JSON object a line; the same fields in both.
LOG_FORMAT = choice("LOG_FORMAT", "text" if DEMO or DEBUG else "json", "json", "text")
# From which level on our own code speaks, other programs' from WARNING on. At INFO each request has its line.
LOG_LEVEL = choice("LOG_LEVEL", "WARNING" if DEMO or DEBUG else "INFO", "INFO", "WARNING", "ERROR")
LOGGING = configuration(LOG_FORMAT, LOG_LEVEL, PACKAGES)
if os.environ.get("STRIPE_LOG"):
    raise ImproperlyConfigured("STRIPE_LOG makes Stripe's library print what is sent and received; do not set it.")
