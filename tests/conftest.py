"""Fixtures that any test may ask for."""

from __future__ import annotations

from tests.browser import browser
from tests.servers import database_url, postgres_server, postgres_url, rabbitmq_url, redis_url, s3

__all__ = ["browser", "database_url", "postgres_server", "postgres_url", "rabbitmq_url", "redis_url", "s3"]
