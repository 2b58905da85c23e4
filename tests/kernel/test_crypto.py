"""Sealing: what was sealed opens at its place and nowhere else, and nothing but the text comes out of it."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authspine.kernel.crypto import Key, SealBroken, UnknownKey, key_id, mark, new_key, open_with, place_of

PLACE = place_of(uuid.uuid4(), b"clients_client|name", uuid.uuid4())


@given(st.binary(max_size=300), st.binary(max_size=60))
def test_what_was_sealed_opens(text: bytes, place: bytes) -> None:
    key = new_key()
    sealed = key.seal(text, place=place)
    assert key.open(sealed, place=place) == text
    assert key_id(sealed) == key.id
    assert len(sealed) == len(text) + 1 + 8 + 12 + 16


def test_the_same_text_is_never_sealed_alike() -> None:
    key = new_key()
    assert len({key.seal(b"Ana", place=PLACE) for _ in range(100)}) == 100


@given(st.data())
def test_e30_a_flipped_bit_is_an_error(data: st.DataObject) -> None:
    key = new_key()
    sealed = bytearray(key.seal(b"Ana", place=PLACE))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SealBroken):
        key.open(bytes(sealed), place=PLACE)


@pytest.mark.parametrize("length", [0, 1, 8, 9, 21, 36])
def test_what_is_too_short_is_an_error(length: int) -> None:
    key = new_key()
    with pytest.raises(SealBroken):
        key.open(key.seal(b"", place=PLACE)[:length], place=PLACE)


@pytest.mark.parametrize("moved", range(3))
def test_e30_another_place_is_an_error(moved: int) -> None:
    organization, row, key = uuid.uuid4(), uuid.uuid4(), new_key()
    sealed = key.seal(b"Ana", place=place_of(organization, b"clients_client|name", row))
    places = [
        place_of(uuid.uuid4(), b"clients_client|name", row),
        place_of(organization, b"clients_client|email", row),
        place_of(organization, b"clients_client|name", uuid.uuid4()),
    ]
    with pytest.raises(SealBroken):
        key.open(sealed, place=places[moved])


def test_e30_a_key_that_is_not_here_is_an_error() -> None:
    key, other = new_key(), new_key()
    sealed = key.seal(b"Ana", place=PLACE)
    with pytest.raises(UnknownKey):
        other.open(sealed, place=PLACE)
    with pytest.raises(UnknownKey):
        open_with({other.id: other}.get, sealed, place=PLACE)
    assert open_with({key.id: key}.get, sealed, place=PLACE) == b"Ana"


def test_no_key_shows_itself() -> None:
    key = new_key()
    assert key.secret.hex() not in repr(key) + str(key)
    assert key.secret not in key.seal(b"", place=PLACE)
    assert key.id not in key.secret


def test_a_key_has_its_length() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Key(b"short")


def test_each_purpose_has_a_secret_of_its_own() -> None:
    key = new_key()
    secrets = {key.derive("a"), key.derive("b"), key.secret}
    assert len(secrets) == 3
    assert mark(key.derive("a"), "Ana") == mark(key.derive("a"), "Ana") != mark(key.derive("b"), "Ana")
