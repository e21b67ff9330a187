"""How the parts are wired. Everything that differs between installations comes from the environment."""

import os
from pathlib import Path

from csp.constants import NONCE, SELF

from joinedup.site import environment
from joinedup.site.sign_in_service_settings import sign_in_services
from joinedup.web.request_size import MOST_BYTES_OF_UPLOADS

PACKAGE = Path(__file__).resolve().parent.parent
HOME = environment.home()

DEBUG = environment.flag("DEBUG", default=False)
SECRET_KEY = environment.secret_key(HOME)
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
# Links in mails and exports use this address: a request's Host header cannot be trusted.
SITE_URL = os.environ.get("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
HTTPS = SITE_URL.startswith("https://")
# How many of our web servers are in front of the site. They add to X-Forwarded-For, and say in X-Forwarded-Proto
# whether the visitor came by https; whatever a visitor sends in these is theirs to replace.
TRUSTED_PROXIES = environment.number("TRUSTED_PROXIES", default=0)
CSRF_TRUSTED_ORIGINS = [SITE_URL] if HTTPS else []

APPS = [
    "taxonomy",
    "places",
    "mail",
    "accounts",
    "about",
    "partners",
    "evidence",
    "initiatives",
    "support",
    "strategy",
    "clusters",
    "opportunities",
    "events",
    "registration",
    "voice",
    "visits",
    "tables",
    "agreements",
    "results",
    "web",
    "spreadsheets",
    "firstrun",
    "successions",
    "merges",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    *[f"joinedup.{name}" for name in APPS],
]

MIDDLEWARE = [
    "joinedup.site.probes.probes",
    "joinedup.site.request_log.noted",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "joinedup.web.stored_pages.stored",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "joinedup.accounts.middleware.reader",
    "joinedup.web.middleware.sized",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "joinedup.accounts.sign_in.factor_required.FactorRequired",
    "joinedup.web.middleware.private",
    "joinedup.web.middleware.labelled",
    "joinedup.web.middleware.Unstorable",
    "joinedup.web.submission.Submission",
]

ROOT_URLCONF = "joinedup.site.urls"
WSGI_APPLICATION = "joinedup.site.wsgi.application"

CONTEXT_PROCESSORS = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [PACKAGE / name / "templates" for name in APPS],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "joinedup.web.jinja.environment",
            "context_processors": CONTEXT_PROCESSORS,
            "extensions": ["jinja2.ext.i18n"],
            **environment.template_cache(),
        },
    },
    # allauth asks for Django templates by name before it falls back to ours; it never renders one.
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": CONTEXT_PROCESSORS},
    },
]

DATABASES = {"default": environment.database(os.environ.get("DATABASE_URL", ""), HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "my_work"
LOGOUT_REDIRECT_URL = "home"

# Sign-in is by a code sent to the address: no passwords to leak, forget or reuse.
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 8}
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
# For one address the limit is each network's own, and a known browser's own: accounts/sign_in/code_limits.py.
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "20/m/ip",
    "code_from_network": "3/m/key,12/h/key",
    "code_for_known_browser": "3/m/key,12/h/key",
    "code_for_address": "60/h/key",
    "sign_in_service": "20/m/ip",
    # Fewer than are taken when signing in (five): who holds a session does not use up the owner's.
    "again_by_factor": "3/5m/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
# The sign-in page may be requested again at any time: to correct an address, or to get a newer code.
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False
ACCOUNT_FORMS = {
    "request_login_code": "joinedup.accounts.sign_in.code_forms.AddressForm",
    "confirm_login_code": "joinedup.accounts.sign_in.code_forms.SignInCodeForm",
}
# Figures from an app, or a passkey, after the code, for coordinators, programme leads and administrators: offered, or
# required.
SECOND_FACTOR = environment.one_of("SECOND_FACTOR", "offered", "required")
MFA_ADAPTER = "joinedup.accounts.sign_in.second_factor.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "joinedup.accounts.sign_in.factor_forms.SecondStepForm",
    "authenticate_webauthn": "joinedup.accounts.sign_in.passkey_forms.SecondPasskeyForm",
}
# Sign-in services of organisations; those that are set up half are off, and `joinedup check` says so.
SIGN_IN_SERVICES, SIGN_IN_SERVICE_PROBLEMS = sign_in_services()
SOCIALACCOUNT_ADAPTER = "joinedup.accounts.sign_in.openid.OpenIDAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
# How long a page waits for a service that does not answer, in seconds.
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_ADAPTER = "joinedup.accounts.sign_in.adapter.Adapter"
ACCOUNT_TEMPLATE_EXTENSION = "jinja"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""

EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = environment.number("EMAIL_PORT", default=25)
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
# How long a page waits for a mail server that does not answer, in seconds: the worker tries again.
EMAIL_TIMEOUT = 4
EMAIL_USE_TLS = environment.flag("EMAIL_USE_TLS", default=False)
# GOV.UK Notify, where EMAIL_BACKEND is joinedup.mail.notify.EmailBackend.
NOTIFY_URL = os.environ.get("NOTIFY_URL", "https://api.notifications.service.gov.uk")
NOTIFY_API_KEY, NOTIFY_TEMPLATE = environment.notify(EMAIL_BACKEND)
NOTIFY_REPLY_TO = os.environ.get("NOTIFY_REPLY_TO", "")
# Where mails that cannot be delivered come back to, if not to the address that they are from.
BOUNCE_ADDRESS = os.environ.get("BOUNCE_ADDRESS", "")
# The mailbox they come back to, for the worker to read: imaps://name:password@host/INBOX, maildir:/folder, mbox:/file.
BOUNCE_MAILBOX = environment.mailbox("BOUNCE_MAILBOX")
# What a mail service gives as bearer token when it posts to /mail/reports/; without it there is no such page.
MAIL_REPORT_SECRET = os.environ.get("MAIL_REPORT_SECRET", "")
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "JoinedUp <joinedup@localhost>")

# For how many months after their last one figures may be called new (`clusters/wording.py`).
CLUSTERS_NEW_FOR_MONTHS = environment.number("CLUSTERS_NEW_FOR_MONTHS", default=3)

# Whether this server fetches a funder's page for somebody who gives its address (`support/page_fetch.py`). Addresses
# that are not public are never asked; only tests, which have a server of their own, set that otherwise.
FETCH_FUNDER_PAGES = environment.flag("FETCH_FUNDER_PAGES", default=False)
FETCH_PRIVATE_ADDRESSES = False

# In the database, so that rate limits count for all processes together; accounts/migrations creates the
# table.
CACHES = {
    "default": {
        "BACKEND": "joinedup.accounts.sign_in.limits_cache.LimitsDatabaseCache",
        "LOCATION": "joinedup_cache",
        "TIMEOUT": 24 * 3600,
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
    # For what is worked out again as soon as anything changes. Each process has its own: no page waits to write it.
    "memory": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "TIMEOUT": 600},
}
SESSION_ENGINE = "joinedup.accounts.sign_in.sessions"
# A session ends after so many days, used or not; of coordinators, programme leads and administrators also after so many
# hours without use.
SESSION_COOKIE_AGE = environment.number("SESSION_DAYS", default=14) * 24 * 3600
SESSION_IDLE = environment.number("SESSION_IDLE_HOURS", default=12) * 3600
# Seconds after which somebody signs in again before files with people, roles, publishing and erasing
# (accounts/sign_in/again.py).
SIGN_IN_AGAIN_AFTER = environment.number("SIGN_IN_AGAIN_MINUTES", default=60) * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "joinedup.web.errors.csrf_failure"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
# Without a proxy that says so, nobody is known to come by https, and everybody would be sent round in circles.
SECURE_SSL_REDIRECT = HTTPS and TRUSTED_PROXIES > 0
# Other names under the same one (W005), and lists that ship in browsers (W021), are not this site's to decide.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# As large as a request may be, so that no file is left to the disk.
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = MOST_BYTES_OF_UPLOADS

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
    }
}

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True
DATE_FORMAT = "j F Y"

STATIC_URL = "static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 3600

# Who may read figures at /metrics: with a token, or from addresses and networks. Off unless one of them is set.
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
METRICS_ADDRESSES = environment.networks("METRICS_ADDRESSES")

LOG_FORMAT = environment.one_of("LOG_FORMAT", "plain", "json")
LOG_REQUESTS = environment.flag("LOG_REQUESTS", default=False)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"class": "joinedup.site.log_format.Plain"},
        "json": {"class": "joinedup.site.log_format.Json"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # Pages that are not there are told by LOG_REQUESTS.
        "django.request": {"level": "WARNING" if DEBUG else "ERROR"},
        "joinedup.requests": {"level": "INFO" if LOG_REQUESTS else "WARNING"},
        "joinedup.sign_in": {"level": "INFO"},
    },
}
