"""Compile every page template: a syntax error shows here, not in front of a visitor."""

import os
import sys
import tempfile

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "joinedup.site.settings")
os.environ.setdefault("JOINEDUP_HOME", tempfile.mkdtemp(prefix="joinedup-check-"))

import django

django.setup()

from django.template import engines  # noqa: E402
from jinja2 import TemplateSyntaxError  # noqa: E402


def main() -> int:
    environment = engines.all()[0].env  # type: ignore[attr-defined]
    wrong = 0
    for name in environment.list_templates():
        if not name.endswith((".jinja", ".txt")):
            continue
        try:
            environment.get_template(name)
        except TemplateSyntaxError as error:
            wrong += 1
            print(f"{name}, line {error.lineno}: {error.message}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
