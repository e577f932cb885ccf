"""Fixtures that any test may ask for."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from tests.browser import browser
from tests.fixtures import database_url, postgres_server, postgres_url, rabbitmq_url, redis_url, s3

__all__ = ["browser", "database_url", "postgres_server", "postgres_url", "rabbitmq_url", "redis_url", "s3"]

# how long an example takes says how busy the machine is, nothing else
settings.register_profile("samnao", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("samnao")
