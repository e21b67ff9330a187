"""The real settings, with a temporary home folder and no mail sent out."""

import atexit
import os
import shutil
import tempfile

_home = tempfile.mkdtemp(prefix="joinedup-tests-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["JOINEDUP_HOME"] = _home
os.environ["SITE_URL"] = "http://testserver"

from joinedup.site.settings import *  # noqa: E402, F403
from joinedup.site.settings import DATABASES  # noqa: E402

ALLOWED_HOSTS = ["*"]
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "memory": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: browser tests serve the site from a second thread.
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(_home, "test.sqlite3")}
