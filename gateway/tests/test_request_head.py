from gateway.edge.request_head import RequestHead


def test_headers_are_found_by_name_with_every_repetition() -> None:
    head = RequestHead([(b"a", b"1"), (b"b", b"2"), (b"a", b"3")])

    assert list(head.values(b"a")) == [b"1", b"3"]
    assert (head.only(b"a"), head.only(b"b"), head.only(b"c")) == (None, b"2", None)
    assert b"a" in head
    assert list(head.values(b"c")) == []
