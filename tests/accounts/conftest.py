from tests.event_world import *  # noqa: F403 (its fixtures and layers)
