from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edge.paths import PathRefused, decode_path


@pytest.mark.parametrize(
    "raw",
    [b"", b"v1", b"/v1//units", b"//", b"/v1/../units", b"/v1/./units", b"/v1/%2e%2e/units", b"/v1/%2E/x", b"/v1/..",
     b"/v1\\units", b"/v1/%5cunits", b"/v1/%00", b"/v1/%0a", b"/v1/%zz", b"/v1/%2", b"/v1/%ff", b"/v1/a b",
     "/v1/đ".encode(), b"/v1/a%2F..%2Fb", b"/v1/%2F"],
)  # fmt: skip
def test_a_path_that_two_ends_could_read_differently_is_refused(raw: bytes) -> None:
    with pytest.raises(PathRefused):
        decode_path(raw)


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        (b"/", "/"),
        (b"/v1/units/15727-01", "/v1/units/15727-01"),
        (b"/v1/units/", "/v1/units/"),
        (b"/v1/a%2Fb", "/v1/a/b"),
        (b"/v1/%C4%91%252e", "/v1/đ%2e"),
        (b"/v1/x;y=1/~a!$&'()*+,=:@", "/v1/x;y=1/~a!$&'()*+,=:@"),
    ],
)
def test_everything_else_decodes_once(raw: bytes, path: str) -> None:
    assert decode_path(raw) == path


@given(st.text("/ab.%2eEfF5cC4191~", max_size=20).map(lambda rest: "/" + rest))
def test_what_the_table_matches_is_what_a_service_sees(raw: str) -> None:
    try:
        path = decode_path(raw.encode())
    except PathRefused:
        return
    assert path == unquote(raw)  # how the services' server fills `scope["path"]`
