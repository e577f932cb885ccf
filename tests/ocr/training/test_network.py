"""Tesseract's own file formats, read and written back byte for byte."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.training.network import NetworkFormatError, dequantise, network_bytes, parse_network, quantise
from ocr.training.starter import starter_components, starter_network
from ocr.training.traineddata import SLOTS, TraineddataError, pack, read_unicharset, unpack, write_recoder

STOCK = Path("/usr/share/tesseract-ocr/5/tessdata/tha.traineddata")
MODEL = Path(__file__).parents[3] / "ocr/models/samnao.traineddata"


@pytest.fixture(scope="module")
def parts() -> dict[str, bytes]:
    return unpack(STOCK.read_bytes())


def test_traineddata_comes_back_byte_for_byte(parts: dict[str, bytes]) -> None:
    assert pack(parts) == STOCK.read_bytes()


def test_int8_network_comes_back_byte_for_byte(parts: dict[str, bytes]) -> None:
    assert network_bytes(parse_network(parts["lstm"])) == parts["lstm"]


def test_samnao_model_comes_back_byte_for_byte() -> None:
    data = MODEL.read_bytes()
    own = unpack(data)
    assert pack(own) == data
    assert network_bytes(parse_network(own["lstm"])) == own["lstm"]
    assert write_recoder(len(read_unicharset(own["lstm-unicharset"]))) == own["lstm-recoder"]


def test_float_network_comes_back_byte_for_byte_and_keeps_the_weights(parts: dict[str, bytes]) -> None:
    file = parse_network(parts["lstm"])
    written = network_bytes(dequantise(file))
    again = parse_network(written)
    assert network_bytes(again) == written
    whole, plain = file.network.children[-1].matrices[0], again.network.children[-1].matrices[0]
    assert plain.scales is None and whole.scales is not None
    np.testing.assert_allclose(plain.weights, whole.weights * whole.scales[: len(whole.weights), None])


def test_int8_weights_come_back_from_float_ones_byte_for_byte() -> None:
    lstm = unpack(MODEL.read_bytes())["lstm"]
    assert network_bytes(quantise(dequantise(parse_network(lstm)))) == lstm


def test_the_starting_network_says_of_stock_characters_what_the_stock_one_does(
    parts: dict[str, bytes],
) -> None:
    stock, ours = dequantise(parse_network(parts["lstm"])).network, starter_network(STOCK).network
    known, grown = stock.children[-1].matrices[0].weights, ours.children[-1].matrices[0].weights
    np.testing.assert_array_equal(grown[: len(known)], known)
    assert len(np.unique(grown[len(known) :], axis=0)) == len(grown) - len(known) > 80
    assert ours.outputs == len(grown) == ours.children[-1].outputs
    assert ours.weight_count - stock.weight_count == grown.size - known.size


def test_starter_keeps_the_stock_ids_and_adds_what_was_lacking(parts: dict[str, bytes]) -> None:
    stock = read_unicharset(parts["lstm-unicharset"])
    ours = read_unicharset(starter_components(STOCK)["lstm-unicharset"])
    assert ours[: len(stock)] == stock
    assert len(set(ours)) == len(ours)
    assert set("๐๑๒๓๔๕๖๗๘๙฿ฃฅABCxyz") <= set(ours)


def test_recoder_is_the_one_tesseract_writes(parts: dict[str, bytes]) -> None:
    assert write_recoder(len(read_unicharset(parts["lstm-unicharset"]))) == parts["lstm-recoder"]


def test_a_cut_network_is_refused(parts: dict[str, bytes]) -> None:
    with pytest.raises(NetworkFormatError, match="ends early"):
        parse_network(parts["lstm"][:5000])
    with pytest.raises(NetworkFormatError, match="left over"):
        parse_network(parts["lstm"] + b"\0")


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from(SLOTS), st.binary(min_size=1, max_size=40), min_size=1))
def test_any_components_come_back(parts: dict[str, bytes]) -> None:
    assert unpack(pack(parts)) == parts


@settings(max_examples=60)
@given(st.binary(max_size=300))
def test_other_bytes_are_refused_by_name(data: bytes) -> None:
    try:
        unpack(data)
    except TraineddataError as error:
        assert "traineddata" in str(error)
