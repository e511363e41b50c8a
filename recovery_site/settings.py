"""Settings, read from the environment. docs/operations.md explains those that operators may set."""

from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from js_asset import static_lazy

from recovery_site import languages, secrets
from recovery_site.doctor.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

# --- Site and role -----------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var")))
# "all" (one machine), "public" (visitors' pages; can seal inquiries but open none already stored) or "staff".
SITE_ROLE = env.str("SITE_ROLE", default="all")
if SITE_ROLE not in ("all", "public", "staff"):
    raise ImproperlyConfigured(f"SITE_ROLE is {SITE_ROLE!r}; set it to all, public or staff.")
SERVES_STAFF = SITE_ROLE != "public"
SERVES_VISITORS = SITE_ROLE != "staff"
# The public URL of the site, used for links in e-mails and canonical URLs.
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
# Where staff sign in, if that is another server.
STAFF_URL = env.str("STAFF_URL", default=SITE_URL).rstrip("/")
SITE_NAME = env.str("SITE_NAME", default="Recovery Site")
HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
# The request.META key with the visitor's address, for rate limits only (it is never stored or logged). Behind a proxy,
# use the header that the proxy sets, such as HTTP_X_REAL_IP.
CLIENT_ADDRESS_HEADER = env.str("CLIENT_ADDRESS_HEADER", default="REMOTE_ADDR")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# --- Secrets -----------------------------------------------------------------------------------------------------
# systemd names the folder of a unit's credentials (LoadCredential) in CREDENTIALS_DIRECTORY.
SECRETS_DIR = Path(env.str("SECRETS_DIR", default=env.str("CREDENTIALS_DIRECTORY", default=str(DATA_DIR / "secrets"))))
# The centres' private keys, one file each.
CENTRE_KEYS_DIR: Path | None = Path(env.str("CENTRE_KEYS_DIR", default=str(DATA_DIR / "centre-keys")))
if not SERVES_STAFF:
    _in_reach = [name for name in (*secrets.STAFF_SECRETS, "keys_identity", "text_gateway_password") if secrets.find(name, SECRETS_DIR)]
    _in_reach += [str(CENTRE_KEYS_DIR)] if CENTRE_KEYS_DIR and any(CENTRE_KEYS_DIR.glob("*.key")) else []
    if _in_reach:
        raise ImproperlyConfigured(
            f"This is a public server (SITE_ROLE=public), and it can read what only the staff's may have: {', '.join(_in_reach)}. Move "
            "it to the staff's server; whoever was on this one could have copied it (docs/operations.md, Two halves)."
        )
    CENTRE_KEYS_DIR = None
try:
    # What visitors' forms, receipts and rate limits are signed with; both halves have it.
    # A file may hold former secrets after the current one (`manage.py keys rotate-secret`): they are still read, for a day.
    FORM_SECRET, *FORM_SECRET_FALLBACKS = secrets.read("secret_key", SECRETS_DIR).split()
    # What the staff's sessions, links and messages are signed with: a public server has no such secret, so nothing that it signs counts
    # for the staff's. Django insists on some SECRET_KEY.
    SECRET_KEY, *SECRET_KEY_FALLBACKS = secrets.read("staff_secret_key" if SERVES_STAFF else "secret_key", SECRETS_DIR).split()
    RECEIPT_LOOKUP_PEPPER = secrets.read("receipt_lookup_pepper", SECRETS_DIR)
    RECEIPT_KEY_PEPPER = secrets.read("receipt_key_pepper", SECRETS_DIR)
    # Only the staff side looks people up by phone or e-mail, so only it has the key of that index.
    BLIND_INDEX_KEY = secrets.read("blind_index_key", SECRETS_DIR) if SERVES_STAFF else ""
    # Signs the heads of the audit trail: the seed of an Ed25519 key. Without it they aren't signed, and a check warns.
    AUDIT_SIGNING_KEY = secrets.find("audit_signing_key", SECRETS_DIR) if SERVES_STAFF else ""
except secrets.MissingSecret as missing:
    raise ImproperlyConfigured(str(missing)) from None
# The organisation's public recovery key (base64); the private key is kept offline. If empty, cases can't be recovered.
RECOVERY_PUBLIC_KEY = env.str("RECOVERY_PUBLIC_KEY", default="")
# The age identity that opens encrypted files of CENTRE_KEYS_DIR: a systemd credential, or a file in memory that
# `manage.py keys unlock` writes.
KEYS_IDENTITY_FILE = Path(env.str("KEYS_IDENTITY_FILE", default=str(SECRETS_DIR / "keys_identity")))
# The organisation's key, which signs the centres' keys. A public server must have the public half only. Without the private
# half a person gives it to each command that signs; the public half is then set by hand on the staff's server, too.
ORGANISATION_KEY = secrets.find("organisation_key", SECRETS_DIR) if SERVES_STAFF else ""
ORGANISATION_PUBLIC_KEY = secrets.find("organisation_public_key", SECRETS_DIR)

# --- Applications ------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "accounts",
    "danger",
    "articles",
    "intake",
    "compliance",
    "backups",
    "recovery_site.apps.RecoverySiteConfig",
    "recovery_site.schema.apps.SchemaConfig",
    "recovery_site.apps.RecoveryAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "accounts.factors.apps.LibraryConfig",
    "allauth.mfa",
    "django.forms",
    "csp",
    "crispy_forms",
    "django_prose_editor",
    "modelsearch",
]
MIDDLEWARE = [
    # First, so that whatever the others log bears the request's number.
    "recovery_site.logs.numbered_requests",
    # Then this, so that a page from the store costs nothing of the rest; it is stored with all the headers that the rest gave it.
    "recovery_site.middleware.page_cache.page_cache",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "recovery_site.middleware.headers.security_headers",
    "csp.middleware.CSPMiddleware",
    "recovery_site.middleware.headers.language_from_path",
    "recovery_site.middleware.headers.storable_paths",
    "recovery_site.middleware.headers.body_limit",
    "recovery_site.middleware.staff_pages.StaffSessions",
    "django.middleware.common.CommonMiddleware",
    # Inside the one above, which counts the bytes of an answer.
    "recovery_site.middleware.headers.pages_for_refusals",
    "django.middleware.csrf.CsrfViewMiddleware",
    "recovery_site.middleware.staff_pages.StaffSignIn",
    "recovery_site.middleware.staff_pages.StaffMessages",
    "accounts.sessions.limits.session_limits",
    "intake.audit.refusals.Refusals",
    "accounts.factors.requirement.second_factor",
    "recovery_site.middleware.staff_pages.StorableWords",
    "recovery_site.middleware.staff_pages.own_clock",
]
ROOT_URLCONF = "recovery_site.urls"
WSGI_APPLICATION = "recovery_site.wsgi.application"
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
                "recovery_site.pages.context.site",
            ],
            "libraries": {"site": "recovery_site.pages.tags"},
            "builtins": ["recovery_site.pages.clock"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "recovery"
CRISPY_TEMPLATE_PACK = "recovery"

# The guide editor's own blocks (static/js). articles.rendering.sanitizing decides what may be stored.
DJANGO_PROSE_EDITOR_EXTENSIONS = [
    {
        "js": [static_lazy("js/prose-callout.js"), static_lazy("js/prose-paste.js")],
        # The second values are for a sanitiser of that library, which isn't used: articles.rendering.sanitizing is ours.
        "extensions": dict.fromkeys(("Callout", "CalloutTitle", "GuidePaste"), "django_prose_editor.config.html_tags"),
    }
]

# --- Data --------------------------------------------------------------------------------------------------------
# An empty DATABASE_URL also means SQLite.
DATABASES: dict[str, dict[str, Any]] = {"default": env.address("DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}", env.db_url_config)}
_database = DATABASES["default"]
_database["CONN_MAX_AGE"] = 600
if _database["ENGINE"] == "django.db.backends.sqlite3":
    # WAL and IMMEDIATE: without them half of the requests of eight writers fail with "database is locked".
    # synchronous=FULL: what we have acknowledged to a visitor survives a power cut.
    # page_size: a form changes some forty pages, mostly of indexes, and each goes to the log as a whole; so pages of 1 KB, not 4.
    # It counts for a database that is new. wal_autocheckpoint: 8 MB of log, as many forms as the usual 4 MB held of larger pages.
    # cache_size: 8 MB for each thread; the rest of the file is in the system's own cache, once for all processes.
    # secure_delete: what is erased is overwritten, not left in the file's free pages.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,  # seconds that a writer waits for the others
        **_database.get("OPTIONS", {}),
        "init_command": (
            "PRAGMA page_size=1024; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=8000; "
            "PRAGMA cache_size=-8000; "
            "PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=27103364; PRAGMA secure_delete=ON;"
        ),
    }
else:
    _database["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
_cache = env.address("CACHE_URL", "locmemcache://", env.cache_url_config)
_in_process = "recovery_site.network.process_cache.ProcessCache"
if _cache["BACKEND"] == "django.core.cache.backends.locmem.LocMemCache":
    _cache["BACKEND"] = _in_process  # a jump of the clock keeps nothing in it
elif _cache["BACKEND"] == "django.core.cache.backends.redis.RedisCache":
    _cache["BACKEND"] = "recovery_site.network.shared_cache.SharedCache"  # while it is away the site goes on
if SITE_ROLE == "staff":
    # What comes from a shared cache is unpickled, which runs what whoever wrote it wants. So the staff's half shares none with visitors'.
    _cache = {"BACKEND": _in_process}
CACHES = {
    "default": _cache,
    # The frame of pages, in each process: a new release never shows an older one's.
    "template_fragments": {"BACKEND": _in_process, "LOCATION": "template_fragments"},
}
# "simple": the words are prepared by articles.searching, alike for every database; PostgreSQL must not do it again.
MODELSEARCH_BACKENDS = {"default": {"BACKEND": "modelsearch.backends.database", "SEARCH_CONFIG": "simple"}}
# Seconds for which public pages are cached, and so the longest delay until a correction is visible. 0 disables caching.
PAGE_CACHE_SECONDS = env.int("PAGE_CACHE_SECONDS", default=10)
# Dotted path of a function returning names and phone numbers that the check of names accepts, besides SITE_NAME.
OWN_NAMES = "intake.own_names.names"
# Whether the worker looks once a week at the addresses that guides cite. Off: then nothing asks another host for anything.
CHECK_LINKS = env.bool("CHECK_LINKS", default=False)
# Host names of webhooks that may lead into our own network, and without https. All others need https and a public address.
WEBHOOKS_INSIDE = env.list("WEBHOOKS_INSIDE", default=[])
# Dotted path of a function (user) that tells whether somebody may write supply alerts besides those who may write guides.
ALERT_WRITERS = "intake.cases.permissions.led_centres"
# Dotted path of a function (user, colleague) that tells whether somebody leads a centre at which a colleague works.
LEADS_PERSON = "intake.cases.permissions.leads_person"
# Dotted path of the function that stores what recovery_site.staff.audit records.
AUDIT_TRAIL = "intake.cases.events.record_beside_cases"
# Dotted path of a function (now) that housekeeping calls after each round: it writes the sign of life, and watches the others.
AFTER_HOUSEKEEPING = "intake.health.rounds.of_housekeeping"
# Dotted path of a function (now) that tells whether the clock of this server can be believed (recovery_site.periodic).
CLOCK = "intake.scheduling.clock.is_right"
# The file that signed heads of the audit trail are appended to, so that they can be kept on another machine as well.
AUDIT_HEADS_FILE = Path(env.str("AUDIT_HEADS_FILE", default=str(DATA_DIR / "audit-heads.log")))
# The file that lists what was erased, so that a restored backup erases it again (intake.retention.erased_list).
ERASED_LIST_FILE = Path(env.str("ERASED_LIST_FILE", default=str(DATA_DIR / "erased.log")))
# Dotted path of a function (typed, language) returning what a search finds besides guides: a dict with its `template`, or None.
SEARCH_ANSWERS = "intake.views.centre_answers.answer"
# Pictures of guides that were added before they were stored in the database (articles.rendering.picture_files).
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(DATA_DIR / "media")))
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o755
MEDIA_URL = "/media/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # bytes, without files
LARGEST_BODY = 11_000_000  # bytes, including files; a picture may have 10 MB

# --- People ------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
# Whether staff need a passkey or an authenticator app besides their password (accounts.factors). Each person has
# SECOND_FACTOR_DAYS, a week at most, from their first page on.
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", default=True)
SECOND_FACTOR_DAYS = env.int("SECOND_FACTOR_DAYS", default=7)
MFA_ADAPTER = "accounts.factors.adapter.Adapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_TOLERANCE = 1  # half minutes that a phone's clock may be off
# Theirs count by address, in the cache. Ours are in front of every form (accounts.sign_in, accounts.factors.limits).
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
# No part of the library signs anybody up, or manages addresses: none of its pages is in the URL conf.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Seconds for which a mailed link to choose a password works. It works once.
PASSWORD_RESET_TIMEOUT = env.int("PASSWORD_LINK_HOURS", default=24) * 60 * 60
SESSION_ENGINE = "accounts.sessions.store"
# Browsers accept a name with this prefix over https only, and then from no other host and without encryption from nobody.
_cookie_prefix = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_cookie_prefix}staff"
CSRF_COOKIE_NAME = f"{_cookie_prefix}csrftoken"
# Kept by a browser after somebody signed in with it, so that guesses of others don't lock them out (accounts.sign_in).
KNOWN_BROWSER_COOKIE_NAME = f"{_cookie_prefix}browser"
MESSAGE_STORAGE = "recovery_site.staff.messages.Messages"
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds, of a session without anybody; for others see accounts.sessions
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Days after which the last backup that holds an erased request is removed, as visitors are told. 0: they are told no date.
BACKUP_KEEP_DAYS = env.int("BACKUP_KEEP_DAYS", default=30)
# Minutes without activity after which staff are signed out.
STAFF_IDLE_MINUTES = env.int("STAFF_IDLE_MINUTES", default=30)
if not 5 <= STAFF_IDLE_MINUTES <= 30:
    raise ImproperlyConfigured(f"STAFF_IDLE_MINUTES is {STAFF_IDLE_MINUTES}; set it to a number from 5 to 30.")
# Seconds for which a reply can be taken back, before the visitor sees it.
TAKE_BACK_SECONDS = env.int("TAKE_BACK_SECONDS", default=15)
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "recovery_site.errors.csrf_failure"
CSRF_COOKIE_AGE = None  # until the browser closes

# --- Security headers --------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = HTTPS
# For how many days browsers that were here once come by https only, also to all hosts below this one. Nobody can take that back
# before, so deploy/install begins with 0.
HSTS_DAYS = env.int("HSTS_DAYS", default=365)
SECURE_HSTS_SECONDS = HSTS_DAYS * 86_400 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_SECONDS > 0
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = None  # set by recovery_site.middleware.headers.security_headers
# Asked for by a monitor on this machine, over http. Nothing personal is in them.
SECURE_REDIRECT_EXEMPT = [r"^health/$", r"^metrics$"]
SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # X-Frame-Options: set by recovery_site.middleware.headers.security_headers, not by Django's middleware
    "security.W021",  # HSTS preload: a list that a domain leaves only after months; for the operator to decide
    "security.W022",  # Referrer-Policy: set by security_headers as well
]
if not HTTPS:
    # HSTS, redirect and Secure cookies: all of them are on with https, and doctor.E006 asks for it in one sentence.
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W008", "security.W010", "security.W012", "security.W016"]
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Language, time and mail -------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "locale"]
if env.str("COUNTRY", default="US") == "US":
    # The words of the source that are spelled otherwise there: made by script/american.
    LOCALE_PATHS.append(BASE_DIR / "locale" / "us")
FORMAT_MODULE_PATH = "recovery_site.formats"
LANGUAGES = languages.installed(BASE_DIR / "locale", LANGUAGE_CODE)
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
if TIME_ZONE not in available_timezones():
    raise ImproperlyConfigured(f"TIME_ZONE is {TIME_ZONE!r}, which isn't a time zone. Write it as America/New_York.")
# Seconds for which each process caches routing rules and centres. 0 disables caching.
ROUTING_SECONDS = env.float("ROUTING_SECONDS", default=1.0)
# Whether the contact form asks browsers for a proof of work: "auto" (during floods), "always" or "never".
PROOF_OF_WORK = env.str("PROOF_OF_WORK", default="auto")
if PROOF_OF_WORK not in ("auto", "always", "never"):
    raise ImproperlyConfigured(f"PROOF_OF_WORK is {PROOF_OF_WORK!r}; set it to auto, always or never.")
# With "auto", the number of forms sent to the whole site in ten minutes from which a proof of work is required.
PROOF_OF_WORK_FROM = env.int("PROOF_OF_WORK_FROM", default=300)
# Whose emergency numbers every page shows: a section of recovery_site/helplines.toml.
COUNTRY = env.str("COUNTRY", default="US")
# Where "Leave this page" leads: the URL of an everyday site, or empty for a blank page.
LEAVE_TO = env.str("LEAVE_TO", default="")
# By default mails are written to files, which suits development.
vars().update(env.address("EMAIL_URL", f"filemail:///{DATA_DIR / 'mail'}", env.email_url_config))
# A second mail server, by which those who run the site are told when the first is dead (intake.health.telling). Or empty.
SECOND_EMAIL = env.address("EMAIL_URL_2", "", env.email_url_config) if env.str("EMAIL_URL_2", default="") else {}
# The address of a dead man's switch, which housekeeping asks for each minute while all is well. Or empty.
HEARTBEAT_URL = env.str("HEARTBEAT_URL", default="")
# Opens /health/ and /metrics for a monitor on another machine. Without it they answer on this machine only.
HEALTH_TOKEN = secrets.find("health_token", SECRETS_DIR)
EMAIL_TIMEOUT = 20  # seconds
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="noreply@example.org")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# The SMS gateway. Set all four or none; without it visitors aren't offered text messages.
TEXT_GATEWAY_URL = env.str("TEXT_GATEWAY_URL", default="")
TEXT_GATEWAY_USER = env.str("TEXT_GATEWAY_USER", default="")
TEXT_FROM = env.str("TEXT_FROM", default="")
# Only the staff side can read phone numbers, so only it sends.
TEXT_GATEWAY_PASSWORD = secrets.find("text_gateway_password", SECRETS_DIR) if SERVES_STAFF else ""

# --- Static files ------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "articles.rendering.picture_files.PictureStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# All URLs contain the file's hash. Keeping the plain names as well would double the time of a first start.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# --- Logs: never a request line, address, user agent or anything typed ------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "recovery_site.logs.PrivateFormatter",
            "format": "{asctime} {levelname} {part} {number} {name}: {message}",
            "style": "{",
        }
    },
    "filters": {"once_a_request": {"()": "recovery_site.logs.OnceARequest"}},
    "handlers": {"console": {"class": "recovery_site.logs.OncePerMinute", "formatter": "plain", "filters": ["once_a_request"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Django's own handler would mail or print the request, its form data included.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
        "fido2": {"level": "WARNING"},  # it would write which passkey was added and used
    },
}
DEFAULT_EXCEPTION_REPORTER = "recovery_site.logs.PrivateExceptionReporter"
# The environment variables that were read above; others that look like them are misspelt (manage.py doctor).
ENVIRONMENT_NAMES = frozenset(env.names)
