"""Shared fixtures: the example records, clients signed in as their people, and the folder of real data."""

import datetime
import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import F
from django.test import Client, override_settings
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from joinedup.mail import background, send
from joinedup.mail.line import SILENT
from joinedup.mail.models import MailBatch, OutgoingMail
from joinedup.mail.outbox import send_due
from tests.databases import (
    COLLECTED,
    DATABASES,
    POSTGRESQL,
    databases_of,
    may_run_on_postgresql,
    together,
    turn,
)
from tests.demo.installation import Demonstration, Tables, keep_tables, make_demonstration
from tests.standing import layer, standing
from tests.words import banned
from tests.world import World, make_world

FEW_FILES = 8
A_YEAR = datetime.timedelta(days=365)
# Read before the test database takes its place.
NAME_OF_THE_RECORDS = connection.settings_dict["NAME"]
REPO = Path(__file__).resolve().parent.parent

# How fast a busy machine makes an example says nothing about it.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--beside", choices=DATABASES, help="Only what runs beside this database; see tests/databases.py."
    )
    parser.addoption("--everything", action="store_true", help="All that touches records beside both.")


class InFiles(LoadScopeScheduling):
    """Sends tests that belong together to one process."""

    def _split_scope(self, nodeid: str) -> str:
        return together(nodeid)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Do not make ids from bytes: a compressed file contains its time stamp, which differs between
    processes."""
    return argname if isinstance(val, bytes) else None


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """For a few files a second process costs more than it saves, as it imports everything too."""
    named = [Path(each.partition("::")[0]) for each in config.args]
    files = sum(len(list(each.rglob("test_*.py"))) if each.is_dir() else 1 for each in named)
    return 0 if files < FEW_FILES else None


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return InFiles(config, log)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Reading every test takes as long as running a tenth of them."""
    if config.getoption("beside") != POSTGRESQL or config.getoption("everything"):
        return None
    is_test = collection_path.name.startswith("test_") and collection_path.suffix == ".py"
    return True if is_test and not may_run_on_postgresql(collection_path) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    config.stash[COLLECTED] = list(items)
    beside, everything = config.getoption("beside"), config.getoption("everything")
    if beside is not None:
        here = {item for item in items if beside in databases_of(item, everything=everything)}
        config.hook.pytest_deselected(items=[item for item in items if item not in here])
        items[:] = [item for item in items if item in here]
    items.sort(key=lambda item: turn(item.nodeid))


def pytest_collection_finish() -> None:
    """Exclude what is imported by now from garbage collection, which takes a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    standing.keep(standing.chain(item))


def _in_one_piece(run: Callable[..., Any], *given: Any) -> Any:
    return run(*given)


# Python keeps the frames of functions in pieces of 16 kB, and asks the system for a new one, which it gives back at
# once, whenever a call crosses the end of a piece: inside a page that is hundreds of times, and a fifth of all the time
# of a walk. A function that asks for half of a large piece leaves the other half to all that it calls.
_in_one_piece.__code__ = _in_one_piece.__code__.replace(co_stacksize=70_000)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> object:
    return _in_one_piece(
        item.config.pluginmanager.getplugin("runner").pytest_runtest_protocol, item, nextitem
    )


@pytest.fixture(autouse=True)
def mails_speak_as_people_do() -> Iterator[None]:
    """Whatever mail a test sends, it says no word of the machine."""
    yield
    for sent in getattr(mail, "outbox", []):
        assert banned(f"{sent.subject}\n{sent.body}") == []


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Tables are created from the models directly: `make check` compares migrations with the models, and
    tests/cli uses them for installations. This adds what only a migration creates, and marks all as applied:
    other installations start with copies of these tables."""
    with django_db_blocker.unblock():
        if connection.settings_dict["NAME"] == NAME_OF_THE_RECORDS:
            # pytest-django creates none if no test asks for it, and installations need the copy.
            connection.creation.create_test_db(verbosity=0, autoclobber=True)
        call_command("createcachetable", "joinedup_cache")
        with override_settings(MIGRATION_MODULES={}):
            every = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
        recorder = MigrationRecorder(connection)
        recorder.ensure_schema()
        for app, name in every:
            recorder.record_applied(app, name)


@pytest.fixture(scope="session")
def cleared_at_the_end(django_db_setup: None) -> Iterator[None]:
    yield
    standing.keep([])


@pytest.fixture
def built(request: pytest.FixtureRequest, cleared_at_the_end: None, django_db_blocker: Any) -> None:
    standing.build(standing.chain(request.node), django_db_blocker)


@pytest.fixture
def db(built: None, db: None) -> None:
    """The test database with the layers that the test builds on; see tests/standing.py."""


@pytest.fixture(scope="session")
def tables(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """Tables to copy, for installations that do not test migrations."""
    standing.keep([])
    with django_db_blocker.unblock():
        connection.close()
        return keep_tables(tmp_path_factory.mktemp("tables") / "home")


@pytest.fixture(scope="session")
def demo(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """The demonstration, made once for all tests that use it."""
    return make_demonstration(tables, tmp_path_factory.mktemp("demonstration") / "home")


@layer()
def world() -> World:
    return make_world()


@pytest.fixture
def as_(world: World) -> Callable[[str], Client]:
    """`as_("bob").get(…)`: a client with Bob signed in; `as_("nobody")`: with nobody signed in."""

    def client(name: str) -> Client:
        browser = Client()
        if name != "nobody":
            browser.force_login(
                getattr(world, name), backend="allauth.account.auth_backends.AuthenticationBackend"
            )
        return browser

    return client


@pytest.fixture(autouse=True)
def _mail_server_answers() -> None:
    """Clear the mark of an earlier test's silent mail server, which is remembered for a minute."""
    cache.delete(SILENT)


@pytest.fixture(autouse=True)
def _mails_go_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a thread does where no worker runs, done at once: a thread would not see the test's transaction. What was
    stored and never committed, as by fixtures, nobody sees."""
    monkeypatch.setattr(background, "begin_without_worker", send_due)
    store = send.store

    def stored(mails: Any, **how: Any) -> int:
        last = MailBatch.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        number = store(mails, **how)
        fresh = OutgoingMail.objects.filter(batch__gt=last, state="waiting")
        keys = list(fresh.values_list("pk", flat=True))
        fresh.update(try_at=F("stored_at") + A_YEAR)
        those = OutgoingMail.objects.filter(pk__in=keys)
        transaction.on_commit(lambda: those.update(try_at=F("stored_at")))
        return number

    monkeypatch.setattr(send, "store", stored)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real open data beside the repository. Without it, tests that need it are skipped."""
    folder = REPO.parent / "shared" / "data"
    if not folder.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("The shared data is missing, and in CI it must be there.")
        pytest.skip("the shared open data is not beside this clone")
    return folder


@pytest.fixture
def brought(tmp_path: Path) -> Callable[..., Path]:
    """`brought("a,b\\n1,2\\n")`: a file with that text, to import."""

    def write(text: str | bytes, name: str = "brought.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write
