"""The network in PyTorch: Tesseract's weights in, the same sums, Tesseract's weights out.

Knows the one shape of Tesseract's Thai models, `[1,48,0,1 Ct3,3,16 Mp3,3 Lfys.. Lfx.. Lrx.. Lfx.. O1c..]`. An int8
network keeps 255 steps for each row of weights and for what goes from layer to layer; the sums here are rounded in the
same way and the gradient goes straight through (Bengio, Léonard and Courville, 2013), so that what is trained is
what will run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from .network import Layer, Matrix, NetworkFile

KINDS = ("Tanh", "SummLSTM", "LSTM", "LSTM", "LSTM", "Softmax")
_STEPS = 127


def _layers(layer: Layer) -> Iterator[Layer]:
    if layer.matrices:
        yield layer
    for child in layer.children:
        yield from _layers(child)


def weights_of(file: NetworkFile, device: str = "cpu") -> list[Tensor]:
    """The matrices of a float network in the order of the file, float32, to be trained. Raises ValueError for another shape."""
    layers = list(_layers(file.network))
    if tuple(layer.kind for layer in layers) != KINDS:
        raise ValueError(f"this network has another shape: {file.spec}")
    if any(matrix.scales is not None for layer in layers for matrix in layer.matrices):
        raise ValueError("an int8 network cannot be trained: make it float first (`network.dequantise`)")
    return [
        torch.tensor(matrix.weights, dtype=torch.float32, device=device, requires_grad=True)
        for layer in layers
        for matrix in layer.matrices
    ]


def with_weights(file: NetworkFile, weights: list[Tensor]) -> NetworkFile:
    """`file` with other weights, given as `weights_of` gives them."""
    given = iter(weights)

    def filled(layer: Layer) -> Layer:
        matrices = tuple(
            Matrix(matrix.mode, next(given).detach().cpu().numpy().astype(np.float64), None)
            for matrix in layer.matrices
        )
        return replace(layer, matrices=matrices, children=tuple(filled(child) for child in layer.children))

    return replace(file, network=filled(file.network))


def _stepped(values: Tensor, unit: Tensor | float) -> Tensor:
    """`values` in whole steps of `unit`; for the gradient nothing has happened."""
    return values + (torch.round(values / unit) * unit - values).detach()


def _row_stepped(matrix: Tensor) -> Tensor:
    return _stepped(matrix, matrix.detach().abs().amax(1, keepdim=True).clamp_min(1e-12) / _STEPS)


def _unit_stepped(values: Tensor) -> Tensor:
    return _stepped(values, 1 / _STEPS)


def _lstm(inputs: Tensor, gates: list[Tensor], training: bool) -> tuple[Tensor, Tensor]:
    """All outputs (time, batch, states) and the last ones (batch, states) of a layer whose `gates` are Tesseract's:
    cell input, input gate, forget gate, output gate; columns are inputs, states, bias.
    """
    cell, enter, forget, leave = (_row_stepped(gate) for gate in gates)
    whole = torch.cat([enter, forget, cell, leave])
    states = len(cell)
    bias = whole[:, -1].contiguous()
    start = inputs.new_zeros(1, inputs.shape[1], states)
    into, over = whole[:, : -states - 1].contiguous(), whole[:, -states - 1 : -1].contiguous()
    outputs, last, _ = torch.lstm(
        inputs,
        (start, start),
        [into, over, bias, torch.zeros_like(bias)],
        True,
        1,
        0.0,
        training,
        False,
        False,
    )
    return outputs, last[0]


def log_probabilities(weights: list[Tensor], pixels: Tensor, training: bool = False) -> Tensor:
    """Log-probabilities (time, batch, codes) for lines of equal size: `pixels` (batch, 48, columns), -1 to 1.

    One step of time is three columns. As in Tesseract, what lies outside the picture is noise.
    """
    conv, rest, out = weights[0], weights[1:-1], weights[-1]
    batch, rows, columns = pixels.shape
    framed = torch.rand(batch, 1, rows + 2, columns + 2, device=pixels.device) * 2 - 1
    framed[:, 0, 1:-1, 1:-1] = pixels
    matrix = _row_stepped(conv)
    kernel = matrix[:, :9].reshape(-1, 3, 3).transpose(1, 2).unsqueeze(1)  # stored column by column
    seen = _unit_stepped(torch.tanh(functional.conv2d(framed, kernel, matrix[:, 9])))
    seen = functional.max_pool2d(seen, 3)
    _, maps, high, time = seen.shape
    upward = seen.permute(2, 0, 3, 1).reshape(high, batch * time, maps)
    _, summary = _lstm(upward, rest[0:4], training)
    state = _unit_stepped(summary.reshape(batch, time, -1).transpose(0, 1).contiguous())
    state = _unit_stepped(_lstm(state, rest[4:8], training)[0])
    state = _unit_stepped(_lstm(state.flip(0), rest[8:12], training)[0]).flip(0)
    state = _unit_stepped(_lstm(state, rest[12:16], training)[0])
    matrix = _row_stepped(out)
    return torch.log_softmax(functional.linear(state, matrix[:, :-1], matrix[:, -1]).float(), -1)
