"""Tesseract's LSTM network file: parse, write back byte for byte, turn int8 weights into float ones.

Layout after Tesseract 5's own serialisation code (lstm/network.cpp, weightmatrix.cpp, lstmrecognizer.cpp); all numbers
are little endian.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

# Bits of a weight matrix's mode byte.
INT8 = 1
ADAM = 4
NEW_FORMAT = 128

# Bit of the file's training flags.
FLAG_INT_MODE = 1

_LAYER_RATES = 64
_INT8_MOST = 127
_SCALES_BY = 8  # Tesseract pads the factors to whole vectors
_CONTAINERS = ("Series", "XYTranspose", "RTLReversed")
_LSTMS = ("LSTM", "SummLSTM")
_DENSE = ("Tanh", "Softmax", "Logistic", "Relu", "Linear")


@dataclass(frozen=True, slots=True)
class Matrix:
    """One weight matrix, shape (rows, columns), the last column being the bias.

    `scales` is None for float weights (float64); for int8 weights it holds one factor per row (weight = int8 x scale),
    and may be padded beyond the number of rows.
    """

    mode: int
    weights: NDArray[np.int8] | NDArray[np.float64]
    scales: NDArray[np.float64] | None


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer with its header, its body numbers, its children and its matrices."""

    kind: str
    name: str
    training: int
    needs_backprop: int
    flags: int
    inputs: int
    outputs: int
    weight_count: int
    numbers: tuple[int, ...] = ()
    children: tuple[Layer, ...] = ()
    rates: NDArray[np.float32] | None = None
    matrices: tuple[Matrix, ...] = ()


@dataclass(frozen=True, slots=True)
class NetworkFile:
    """A whole `lstm` component whose character set lives in its own components."""

    network: Layer
    spec: str
    training_flags: int
    training_iteration: int
    sample_iteration: int
    null_code: int
    adam_beta: float
    learning_rate: float
    momentum: float


class NetworkFormatError(ValueError):
    """The bytes are not a network file this module knows."""


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, size: int) -> bytes:
        if size < 0 or self.at + size > len(self.data):
            raise NetworkFormatError(f"the network file ends early: {size} bytes wanted at offset {self.at}")
        piece = self.data[self.at : self.at + size]
        self.at += size
        return piece

    def i8(self) -> int:
        return int(struct.unpack("<b", self.take(1))[0])

    def u8(self) -> int:
        return self.take(1)[0]

    def i32(self) -> int:
        return int(struct.unpack("<i", self.take(4))[0])

    def u32(self) -> int:
        return int(struct.unpack("<I", self.take(4))[0])

    def f32(self) -> float:
        return float(struct.unpack("<f", self.take(4))[0])

    def text(self) -> str:
        return self.take(self.u32()).decode("utf-8")


def _read_matrix(reader: _Reader, training: int) -> Matrix:
    mode = reader.u8()
    if not mode & NEW_FORMAT:
        raise NetworkFormatError("weight matrix in the old format: re-save the model with Tesseract 5 first")
    rows, columns = reader.u32(), reader.u32()
    if mode & INT8:
        reader.i8()
        ints = np.frombuffer(reader.take(rows * columns), dtype=np.int8).reshape(rows, columns)
        count = reader.u32()
        return Matrix(mode, ints, np.frombuffer(reader.take(8 * count), dtype="<f8"))
    if training == 1:
        raise NetworkFormatError("a training checkpoint: finish it with lstmtraining --stop_training first")
    reader.take(8)
    floats = np.frombuffer(reader.take(8 * rows * columns), dtype="<f8").reshape(rows, columns)
    return Matrix(mode, floats, None)


def _read_layer(reader: _Reader) -> Layer:
    if reader.i8() != 0:
        raise NetworkFormatError(f"no layer header at offset {reader.at - 1}: not an LSTM network file")
    kind = reader.text()
    training, needs_backprop = reader.i8(), reader.i8()
    flags, inputs, outputs, weight_count = reader.i32(), reader.i32(), reader.i32(), reader.i32()
    name = reader.text()
    numbers: tuple[int, ...] = ()
    children: tuple[Layer, ...] = ()
    matrices: tuple[Matrix, ...] = ()
    rates: NDArray[np.float32] | None = None
    if kind == "Input":
        numbers = tuple(reader.i32() for _ in range(5))
    elif kind in ("Convolve", "Maxpool"):
        numbers = (reader.i32(), reader.i32())
    elif kind in _CONTAINERS:
        children = tuple(_read_layer(reader) for _ in range(reader.u32()))
        if flags & _LAYER_RATES:
            rates = np.frombuffer(reader.take(4 * reader.u32()), dtype="<f4")
    elif kind in _DENSE:
        matrices = (_read_matrix(reader, training),)
    elif kind in _LSTMS:
        width = reader.i32()
        numbers = (width,)
        gates = 5 if width == inputs + 2 * _states(kind, outputs) else 4
        matrices = tuple(_read_matrix(reader, training) for _ in range(gates))
    else:
        raise NetworkFormatError(f"layer type {kind!r} is not known here")
    return Layer(
        kind,
        name,
        training,
        needs_backprop,
        flags,
        inputs,
        outputs,
        weight_count,
        numbers,
        children,
        rates,
        matrices,
    )


def _states(kind: str, outputs: int) -> int:
    return outputs if kind in _LSTMS else 0


def parse_network(data: bytes) -> NetworkFile:
    """Read the `lstm` component of a traineddata file. Raises NetworkFormatError."""
    reader = _Reader(data)
    network = _read_layer(reader)
    result = NetworkFile(
        network=network,
        spec=reader.text(),
        training_flags=reader.i32(),
        training_iteration=reader.i32(),
        sample_iteration=reader.i32(),
        null_code=reader.i32(),
        adam_beta=reader.f32(),
        learning_rate=reader.f32(),
        momentum=reader.f32(),
    )
    if reader.at != len(data):
        raise NetworkFormatError(f"{len(data) - reader.at} bytes left over after the network")
    return result


def _text(value: str) -> bytes:
    raw = value.encode("utf-8")
    return struct.pack("<I", len(raw)) + raw


def _matrix_bytes(matrix: Matrix) -> bytes:
    rows, columns = matrix.weights.shape
    head = struct.pack("<BII", matrix.mode, rows, columns)
    if matrix.scales is None:
        return head + struct.pack("<d", 0.0) + matrix.weights.astype("<f8").tobytes()
    scales = struct.pack("<I", len(matrix.scales)) + matrix.scales.astype("<f8").tobytes()
    return head + b"\0" + matrix.weights.astype(np.int8).tobytes() + scales


def _layer_bytes(layer: Layer) -> bytes:
    parts = [
        b"\0",
        _text(layer.kind),
        struct.pack("<bb", layer.training, layer.needs_backprop),
        struct.pack("<4i", layer.flags, layer.inputs, layer.outputs, layer.weight_count),
        _text(layer.name),
    ]
    if layer.kind in _CONTAINERS:
        parts.append(struct.pack("<I", len(layer.children)))
        parts.extend(_layer_bytes(child) for child in layer.children)
        if layer.rates is not None:
            parts.append(struct.pack("<I", len(layer.rates)) + layer.rates.astype("<f4").tobytes())
    else:
        parts.append(struct.pack(f"<{len(layer.numbers)}i", *layer.numbers))
        parts.extend(_matrix_bytes(matrix) for matrix in layer.matrices)
    return b"".join(parts)


def network_bytes(file: NetworkFile) -> bytes:
    """Write the `lstm` component: the inverse of `parse_network`, byte for byte."""
    return (
        _layer_bytes(file.network)
        + _text(file.spec)
        + struct.pack(
            "<4i", file.training_flags, file.training_iteration, file.sample_iteration, file.null_code
        )
        + struct.pack("<3f", file.adam_beta, file.learning_rate, file.momentum)
    )


def _float_matrix(matrix: Matrix) -> Matrix:
    if matrix.scales is None:
        return matrix
    rows = matrix.weights.shape[0]
    weights = matrix.weights.astype(np.float64) * matrix.scales[:rows, None]
    return Matrix(matrix.mode & ~INT8, weights, None)


def _mapped(layer: Layer, change: Callable[[Matrix], Matrix]) -> Layer:
    """The layer with every matrix in it changed."""
    return replace(
        layer,
        children=tuple(_mapped(child, change) for child in layer.children),
        matrices=tuple(change(matrix) for matrix in layer.matrices),
    )


def dequantise(file: NetworkFile) -> NetworkFile:
    """Turn int8 weights into float64 ones (weight = int8 x scale), so that training can go on from them."""
    return replace(
        file,
        network=_mapped(file.network, _float_matrix),
        training_flags=file.training_flags & ~FLAG_INT_MODE,
    )


def _int8_matrix(matrix: Matrix) -> Matrix:
    if matrix.scales is not None:
        return matrix
    largest = np.abs(matrix.weights).max(axis=1)
    scales = largest / _INT8_MOST
    steps = np.where(scales > 0, scales, 1.0)
    whole = np.rint(matrix.weights / steps[:, None]).astype(np.int8)
    missing = -len(scales) % _SCALES_BY
    return Matrix(matrix.mode | INT8, whole, np.concatenate([scales, np.zeros(missing)]))


def quantise(file: NetworkFile) -> NetworkFile:
    """Turn float weights into int8 ones, each row by its largest, as Tesseract's `WeightMatrix::ConvertToInt` does."""
    return replace(
        file, network=_mapped(file.network, _int8_matrix), training_flags=file.training_flags | FLAG_INT_MODE
    )
