"""The demonstration, made once however many tests look at it."""

import pytest

from tests.demo.installation import Demonstration, demonstration


@pytest.fixture(scope="session")
def demo() -> Demonstration:
    return demonstration()
