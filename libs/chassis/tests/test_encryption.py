"""Personal data at rest."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.security import encryption
from chassis.security.encryption import (
    CipherContext,
    DecryptionFailed,
    Keys,
    blind_index,
    blind_indexes,
    decrypt_text,
    encrypt,
)
from chassis.settings import Settings

PLACE = CipherContext("registry", "resident", "personal_id")


def key(fill):
    return base64.b64encode(bytes([fill]) * 32).decode()


DATA_KEYS, INDEX_KEYS = f"a:{key(1)}", f"i:{key(2)}"


@pytest.fixture
def with_keys(monkeypatch):
    def use(data=DATA_KEYS, index=INDEX_KEYS):
        monkeypatch.setattr(encryption, "get_settings", lambda: Settings(pii_keys=data, pii_index_keys=index))

    return use


@given(st.text(), st.text(min_size=1))
def test_what_was_sealed_opens_again_in_its_place(plain, row):
    assert decrypt_text(PLACE, row, encrypt(PLACE, row, plain)) == plain


def test_a_value_moved_to_another_row_column_table_or_service_does_not_open():
    sealed = encrypt(PLACE, "row-1", "038099012345")

    for place, row in [
        (PLACE, "row-2"),
        (CipherContext("registry", "resident", "phone"), "row-1"),
        (CipherContext("registry", "organization", "personal_id"), "row-1"),
        (CipherContext("casework", "resident", "personal_id"), "row-1"),
    ]:
        with pytest.raises(DecryptionFailed):
            decrypt_text(place, row, sealed)


@given(st.binary(max_size=80))
def test_junk_never_opens_and_raises_nothing_else(junk):
    with pytest.raises(DecryptionFailed):
        decrypt_text(PLACE, "row-1", junk)


def test_a_single_changed_bit_is_noticed():
    sealed = bytearray(encrypt(PLACE, "row-1", "038099012345"))
    sealed[-1] ^= 1

    with pytest.raises(DecryptionFailed):
        decrypt_text(PLACE, "row-1", bytes(sealed))


def test_the_newest_key_seals_and_the_older_ones_still_open(with_keys):
    with_keys(f"a:{key(1)}")
    old = encrypt(PLACE, "row-1", "x")
    with_keys(f"b:{key(3)},a:{key(1)}")

    assert decrypt_text(PLACE, "row-1", old) == "x"
    assert not encryption.is_encrypted_with_newest_key(old)
    assert encryption.is_encrypted_with_newest_key(encrypt(PLACE, "row-1", "x"))


def test_without_its_key_a_value_stays_shut(with_keys):
    with_keys(f"a:{key(1)}")
    sealed = encrypt(PLACE, "row-1", "x")
    with_keys(f"b:{key(3)}")

    with pytest.raises(DecryptionFailed):
        decrypt_text(PLACE, "row-1", sealed)


def test_equal_values_have_equal_indexes_in_one_domain_only():
    assert blind_index("phone", "+84912345678") == blind_index("phone", "+84912345678")
    assert blind_index("phone", "038099012345") != blind_index("personal_id", "038099012345")


def test_during_rotation_a_look_up_asks_for_the_index_under_every_key(with_keys):
    with_keys(index=f"i:{key(2)}")
    old = blind_index("phone", "x")
    with_keys(index=f"j:{key(4)},i:{key(2)}")

    assert blind_indexes("phone", "x") == [blind_index("phone", "x"), old]


@pytest.mark.parametrize("text", ["", "a", "a:short", f":{key(1)}", "a:" + "é" * 44])
def test_keys_that_are_not_keys_are_refused(text):
    with pytest.raises(ValueError):
        Keys.parse(text)
