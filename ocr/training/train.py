"""The training: Adam over batches of fresh lines, the rate raised, then lowered along a cosine to nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from .batches import Batch, batched, fresh_samples
from .net import log_probabilities, weights_of, with_weights
from .network import NetworkFile, network_bytes
from .plan import Plan, rate_at
from .sources import BUILD

_CLIP = 1.0
_MEMORY = 0.9985
"""Share of the running mean of the weights that a step keeps; the mean is what is shipped."""
_SAVE_EVERY = 300.0
_SAY_EVERY = 60.0


@dataclass(slots=True)
class _State:
    weights: list[Tensor]
    mean: list[Tensor]
    adam: torch.optim.Adam
    steps: int = 0
    lines: int = 0


def _loss(weights: list[Tensor], batch: Batch, null: int, device: str) -> Tensor:
    """Connectionist temporal classification (Graves and others, 2006), in natural logarithms for each character."""
    with torch.autocast(device, torch.bfloat16):
        found = log_probabilities(weights, torch.from_numpy(batch.pixels).to(device), training=True)
    targets = torch.tensor([code for codes in batch.codes for code in codes])
    sizes = torch.tensor([len(codes) for codes in batch.codes])
    times = torch.full((len(batch.codes),), found.shape[0])
    whole = functional.ctc_loss(found, targets, times, sizes, blank=null, reduction="sum", zero_infinity=True)
    return whole / sizes.sum()


def _step(state: _State, batch: Batch, plan: Plan, null: int, device: str) -> float:
    for group in state.adam.param_groups:
        group["lr"] = rate_at(plan, state.steps, state.lines)
    loss = _loss(state.weights, batch, null, device)
    state.adam.zero_grad()
    loss.backward()
    state.lines += len(batch.codes)
    if not torch.isfinite(torch.nn.utils.clip_grad_norm_(state.weights, _CLIP)):
        return float(loss.detach())
    state.adam.step()
    state.steps += 1
    kept = min(_MEMORY, 1 - 1 / (state.steps + 1))
    with torch.no_grad():
        for mean, now in zip(state.mean, state.weights, strict=True):
            mean.lerp_(now, 1 - kept)
    return float(loss.detach())


def _begin(start: NetworkFile, plan: Plan, saved: Path, device: str) -> _State:
    weights = weights_of(start, device)
    mean = [weight.detach().clone() for weight in weights]
    state = _State(weights, mean, torch.optim.Adam(weights, lr=plan.rate))
    if saved.exists():
        kept = torch.load(saved, map_location=device)
        with torch.no_grad():
            for into, values in zip([*weights, *mean], [*kept["weights"], *kept["mean"]], strict=True):
                into.copy_(values)
        state.adam.load_state_dict(kept["adam"])
        state.steps, state.lines = kept["steps"], kept["lines"]
    return state


def _save(state: _State, saved: Path) -> None:
    weights = [weight.detach() for weight in state.weights]
    parts = {
        "weights": weights,
        "mean": state.mean,
        "adam": state.adam.state_dict(),
        "steps": state.steps,
        "lines": state.lines,
    }
    partly = saved.with_suffix(".part")
    torch.save(parts, partly)
    partly.replace(saved)


def train(start: NetworkFile, plan: Plan, run: Path, makers: int = 1, build: Path = BUILD) -> Iterator[str]:
    """Train from `start`; the state is kept in `run` every few minutes, the running mean of the weights at the end as `mean.lstm`.

    Says every minute how it stands. A run that was cut off goes on where it was saved when called again.
    """
    run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(plan.first)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    state = _begin(start, plan, run / "state.pt", device)
    began, before = time.monotonic(), state.lines
    said, kept, losses = began, began, list[float]()
    if state.lines < plan.lines:
        for batch in batched(fresh_samples(plan.first + state.lines, makers, build), plan.columns):
            losses.append(_step(state, batch, plan, start.null_code, device))
            now = time.monotonic()
            over = state.lines >= plan.lines
            if over or now - said > _SAY_EVERY:
                speed = (state.lines - before) / (now - began)
                yield f"{state.lines:,} lines, {speed:.0f} a second, loss {sum(losses) / len(losses):.4f} a character"
                said, losses = now, []
            if over or now - kept > _SAVE_EVERY:
                _save(state, run / "state.pt")
                kept = now
            if over:
                break
    (run / "mean.lstm").write_bytes(network_bytes(with_weights(start, state.mean)))
