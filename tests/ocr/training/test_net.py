"""The network in PyTorch says what Tesseract says. Needs what `make model` installs."""

from __future__ import annotations

import random
from pathlib import Path

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is there only where a model is made")

from ocr.training.batches import Batch  # noqa: E402
from ocr.training.charset import from_model  # noqa: E402
from ocr.training.net import log_probabilities, weights_of, with_weights  # noqa: E402
from ocr.training.network import dequantise, network_bytes, parse_network  # noqa: E402
from ocr.training.pixels import FULL, network_input  # noqa: E402
from ocr.training.plan import Plan  # noqa: E402
from ocr.training.train import _begin, _save, _step  # noqa: E402
from ocr.training.traineddata import read_unicharset, unpack  # noqa: E402
from ocr.types import Image  # noqa: E402

MODEL = Path(__file__).parents[3] / "ocr/models/samnao.traineddata"
FIXTURES = Path(__file__).parent / "fixtures"
PARTS = unpack(MODEL.read_bytes())
FILE = dequantise(parse_network(PARTS["lstm"]))


def _spelt(codes: list[int]) -> str:
    chars = read_unicharset(PARTS["lstm-unicharset"])
    kept = [
        code
        for before, code in zip([-1, *codes], codes, strict=False)
        if code not in (before, FILE.null_code)
    ]
    return from_model("".join(chars[code] for code in kept))


def _picture(name: str) -> Image:
    return np.asarray(cv2.imread(str(FIXTURES / f"{name}.png"), cv2.IMREAD_GRAYSCALE), np.uint8)


@pytest.mark.parametrize("name", ["digits-laksaman", "digits-norasi"])
def test_it_reads_what_tesseract_reads(name: str) -> None:
    image = _picture(name)
    pixels = torch.tensor(network_input(image).astype(np.float32) / FULL)[None]
    with torch.no_grad():
        found = log_probabilities(weights_of(FILE), pixels)[:, 0].argmax(-1).tolist()
    assert _spelt(found).strip() == (FIXTURES / f"{name}.txt").read_text("utf-8").strip()


def test_weights_come_back_as_they_were() -> None:
    written = network_bytes(with_weights(FILE, weights_of(FILE)))
    before, after = parse_network(network_bytes(FILE)), parse_network(written)
    np.testing.assert_allclose(
        after.network.children[-1].matrices[0].weights,
        before.network.children[-1].matrices[0].weights,
        rtol=1e-6,
    )
    assert len(written) == len(network_bytes(FILE))


def test_int8_weights_are_not_trained() -> None:
    with pytest.raises(ValueError, match="float"):
        weights_of(parse_network(PARTS["lstm"]))


def test_steps_lower_the_loss_and_a_saved_state_goes_on(tmp_path: Path) -> None:
    image = _picture("digits-laksaman")
    pixels = np.asarray(np.stack([network_input(image)] * 2) / FULL, np.float32)
    rng = random.Random(1)
    # A text that does not stand there: there is something to learn.
    batch = Batch(pixels, (tuple(rng.randrange(3, 190) for _ in range(12)),) * 2)
    plan, saved = Plan(lines=1000, rate=2e-3), tmp_path / "state.pt"
    state = _begin(FILE, plan, saved, "cpu")
    losses = [_step(state, batch, plan, FILE.null_code, "cpu") for _ in range(12)]
    assert losses[-1] < losses[0]
    _save(state, saved)
    again = _begin(FILE, plan, saved, "cpu")
    assert (again.steps, again.lines) == (state.steps, state.lines) == (12, 24)
    for ours, theirs in zip([*state.weights, *state.mean], [*again.weights, *again.mean], strict=True):
        assert torch.equal(ours, theirs)
