"""What `deploy/` says fits the site: its verbs, its settings, its limits. Containers themselves are not built here."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from joinedup.cli import main
from joinedup.site.gateway import BYTES_A_SECOND, SECONDS
from joinedup.site.serve_command import SECONDS_TO_END
from joinedup.web.request_size import MOST_BYTES_OF_UPLOADS

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
# Of the containers, not of the site.
NOT_OURS = {"SITE_NAME", "POSTGRES_PASSWORD", "PYTHONUNBUFFERED", "PATH", "UPSTREAM"}


def read(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(read("compose.yaml"))
    return found


def commands() -> Iterator[list[str]]:
    """Every call of `joinedup` in the folder, as words."""
    for path in sorted(DEPLOY.rglob("*")):
        if not path.is_file():
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            if found := re.search(
                r"(?:ExecStart=/opt/joinedup/bin/|(?:web|run) )joinedup (.+)", line.replace("`", " ")
            ):
                yield shlex.split(found[1].partition("  up")[0].partition(",")[0])
    for service in ("web", "worker"):
        yield yaml.safe_load(read("compose.yaml"))["services"][service].get("command", ["joinedup", "serve"])[
            1:
        ]
    found = re.search(r"^CMD (\[.+\])$", read("Dockerfile"), re.MULTILINE)
    assert found is not None
    yield yaml.safe_load(found[1])[1:]


def test_every_call_is_one_that_the_command_knows() -> None:
    every = list(commands())
    assert {words[0] for words in every} == {"serve", "worker", "backup", "init", "check", "upgrade"}
    for verb, *words in every:
        command = main.commands[verb]
        known = {option for each in command.params if isinstance(each, click.Option) for option in each.opts}
        assert {word for word in words if word.startswith("--")} <= known, (verb, words)


def test_every_setting_is_explained(compose: dict[str, Any]) -> None:
    named = set(compose["x-joinedup"]["environment"])
    named |= set(re.findall(r"^([A-Z_]+)=", read("environment.example"), re.MULTILINE))
    for path in ("Dockerfile", "systemd/joinedup-web.service", "systemd/joinedup-worker.service"):
        said = re.findall(r"^(?:ENV|Environment=) ?((?:.*\\\n)*.*)$", read(path), re.MULTILINE)
        named |= {name for each in said for name in re.findall(r"([A-Z_]+)=", each)}
    named -= NOT_OURS | {each for each in named if each.startswith(("UV_", "PIP_"))}
    assert len(named) > 12
    assert {name for name in named if f"`{name}`" not in OPERATING} == set()


def test_each_service_is_there_and_none_may_more_than_it_needs(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert set(services) == {"web", "worker", "db", "proxy"}
    assert [name for name, each in services.items() if "ports" in each] == ["proxy"]
    for name in ("web", "worker"):
        assert services[name]["read_only"]
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["environment"]["TRUSTED_PROXIES"] == "1"
    assert int(services["web"]["stop_grace_period"].removesuffix("s")) > SECONDS_TO_END


def test_proxies_take_what_the_site_takes_and_say_what_it_asks() -> None:
    largest = MOST_BYTES_OF_UPLOADS / 1024 / 1024
    for name, limit in (("Caddyfile", r"max_size (\d+)MB"), ("nginx.conf", r"client_max_body_size (\d+)m")):
        found = re.search(limit, read(name))
        assert found is not None
        assert largest < int(found[1]) < 2 * largest
        assert "X-Request-ID" in read(name)
        assert all(path in read(name) for path in ("metrics", "healthz", "readyz"))
    assert "header_regexp Content-Length ^([7-9]\\d{6}|\\d{8,})$" in read("Caddyfile")
    nginx = read("nginx.conf")
    assert "X-Forwarded-For $remote_addr;" in nginx
    assert "X-Forwarded-Proto $scheme;" in nginx
    # A log of paths would hold links that act for their reader.
    form = re.search(r"log_format joinedup '(.+)';", nginx)
    assert form is not None
    assert not {"$request", "$request_uri", "$uri", "$args", "$http_referer"} & set(form[1].split())


def test_caddy_waits_as_long_as_the_site_lets_people_take() -> None:
    """It counts from the beginning of a request, where nginx counts from the last byte."""
    seconds = {
        name: int(number) for name, number in re.findall(r"(\w+) (\d+)s$", read("Caddyfile"), re.MULTILINE)
    }
    assert seconds["read_body"] > SECONDS + MOST_BYTES_OF_UPLOADS / BYTES_A_SECOND
    assert seconds["read_body"] + seconds["response_header_timeout"] < seconds["write"]
    assert f"proxy_read_timeout {seconds['response_header_timeout']}s;" in read("nginx.conf")


def test_a_unit_may_not_more_than_it_needs() -> None:
    for name in ("web", "worker", "backup"):
        unit = read(f"systemd/joinedup-{name}.service").splitlines()
        assert {
            "NoNewPrivileges=true", "ProtectSystem=strict", "CapabilityBoundingSet=", "RestrictNamespaces=true",
            "SystemCallFilter=@system-service",
        } <= set(unit)  # fmt: skip
