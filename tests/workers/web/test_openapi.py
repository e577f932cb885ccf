"""The description of the API is true: schemathesis asks a running server what the description says, and what it does not."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from PIL import Image
from schemathesis import CheckFunction, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.testclient import TestClient

from tests.workers.web.doing import work
from tests.workers.web.live import Live, file, running
from workers.settings import Settings
from workers.store.connect import open_engine
from workers.web.app import create_app

NOT_FOR: dict[str, list[CheckFunction]] = {"POST /api/v1/submissions": [positive_data_acceptance]}
"""No description says what bytes are a scan."""


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with running(tmp_path_factory.mktemp("openapi"), stall_seconds=5) as live:
        out = io.BytesIO()
        Image.new("L", (60, 80), 200).save(out, "PNG")
        assert live.send([file("a.png", out.getvalue())])[0] == 202
        engine = open_engine(None, live.data)
        work(engine)
        engine.dispose()
        yield live


DESCRIBED = schemathesis.openapi.from_dict(create_app(Settings()).openapi())
OPERATIONS = [found.ok() for found in DESCRIBED.get_all_operations() if isinstance(found, Ok)]


@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value
)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_the_description_is_true(operation: Any, mode: GenerationMode, live: Live) -> None:
    """Whatever is asked, right or wrong, is answered as described; without a key it is refused."""
    if mode is GenerationMode.NEGATIVE and not (list(operation.iter_parameters()) or operation.body):
        return

    @settings(
        max_examples=8,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(
            base_url=f"http://127.0.0.1:{live.port}",
            headers={"Authorization": f"Bearer {live.keys['admin']}"},
            excluded_checks=NOT_FOR.get(operation.label, []),
        )

    ask()


def test_every_operation_is_described(client: TestClient) -> None:
    found = client.get("/api/openapi.json").json()
    operations = [
        (path, method, one) for path, item in found["paths"].items() for method, one in item.items()
    ]
    assert len(operations) >= 10
    assert len({one["operationId"] for _, _, one in operations}) == len(operations)
    for path, _, one in operations:
        assert one["description"], path
        for status, answer in one["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"], path
