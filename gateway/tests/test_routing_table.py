import pytest

from gateway.proxy.routing_table import NoSuchMethod, NoSuchPath, Route, RoutingTable

TABLE = RoutingTable(
    [
        Route("GET", "/v1/units", "registry", public=True),
        Route("GET", "/v1/units/{code}", "registry", public=True),
        Route("PUT", "/v1/units/{code}/procedures", "casework"),
        Route("GET", "/v1/residents/{id}", "registry"),
        Route("PATCH", "/v1/residents/{id}", "registry"),
        Route("GET", "/v1/residents/{id}/onboarding", "onboarding"),
        Route("POST", "/v1/residents/lookup", "registry"),
        Route("GET", "/dashboard/{*}", "reporting", public=True),
        Route("GET", "/dashboard/units/{code}", "reporting", public=True),
    ]
)


@pytest.mark.parametrize(
    ("method", "path", "template"),
    [
        ("GET", "/v1/units", "/v1/units"),
        ("HEAD", "/v1/units/15724", "/v1/units/{code}"),
        ("POST", "/v1/residents/lookup", "/v1/residents/lookup"),
        ("GET", "/v1/residents/a/onboarding", "/v1/residents/{id}/onboarding"),
        ("GET", "/dashboard/units/15724", "/dashboard/units/{code}"),
        ("GET", "/dashboard/assets/app.css", "/dashboard/{*}"),
    ],
)
def test_a_path_finds_the_most_literal_template(method: str, path: str, template: str) -> None:
    assert TABLE.find(method, path).template == template


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/units/", "/v1/units/a/b", "/v1/residents//onboarding", "/V1/units"])
def test_an_unknown_path_is_not_found(path: str) -> None:
    with pytest.raises(NoSuchPath):
        TABLE.find("GET", path)


def test_a_known_path_with_another_method_names_what_is_allowed() -> None:
    with pytest.raises(NoSuchMethod) as refused:
        TABLE.find("DELETE", "/v1/residents/a")

    assert refused.value.allowed == ("GET", "HEAD", "PATCH")


def test_a_literal_path_is_never_an_id_of_its_sibling() -> None:
    with pytest.raises(NoSuchMethod) as refused:
        TABLE.find("GET", "/v1/residents/lookup")

    assert refused.value.allowed == ("POST",)


def test_the_stream_of_the_reports_takes_a_place_for_streams() -> None:
    assert RoutingTable.from_file().find("GET", "/v1/reports/stream").streams
