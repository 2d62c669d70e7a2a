from __future__ import annotations

import re
import tomllib
from base64 import b64encode
from dataclasses import replace
from datetime import date
from hashlib import sha256
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from reporting.figures import Figure, Report, ReportTarget
from reporting.pages import CONTENT_SECURITY_POLICY, SIX_STEPS, View, asset, render_missing, render_report
from reporting.texts import Texts, alphabetical
from services.reporting.tests.sample_reports import (
    AS_OF,
    POINTS,
    commune_report,
    province_report,
    public,
    village_report,
)

PAGES = {"province": province_report(), "commune": commune_report(), "village": village_report()}


class Seen(HTMLParser):
    """What a page is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def cells(self) -> list[str | None]:
        return [attributes.get("data-value") for attributes in self.all("td")]

    def viewboxes(self) -> dict[str, list[str]]:
        """Width and height of the map's picture."""
        sizes = [each["viewbox"] or "" for each in self.all("svg") if each.get("role") == "group"]
        return {"map": sizes[0].split()[2:]}

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_nothing_from_elsewhere_and_needs_no_inline_code(name: str, language: str) -> None:
    seen = Seen(render_report(PAGES[name], View(language=language)))
    for tag, attributes in seen.tags:
        for attribute in ("src", "href", "action"):
            address = attributes.get(attribute)
            assert address is None or address.startswith(("/", "#")), (tag, address)
        assert "style" not in attributes, tag
        assert not [each for each in attributes if each.startswith("on")], tag
    assert all(attributes.get("src") for attributes in seen.all("script"))
    assert not seen.all("style")
    assert "'unsafe-inline'" not in CONTENT_SECURITY_POLICY


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read_by_a_screen_reader(name: str, language: str) -> None:
    seen = Seen(render_report(PAGES[name], View(language=language)))
    ids = [attributes["id"] for _, attributes in seen.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert seen.all("html")[0]["lang"] == language
    assert len(seen.all("h1")) == 1
    assert len(seen.all("main")) == 1
    for _, attributes in seen.tags:
        if named := attributes.get("aria-labelledby"):
            assert named in ids
    labelled = {attributes.get("for") for attributes in seen.all("label")}
    for field in [*seen.all("select"), *(each for each in seen.all("input") if each.get("type") != "hidden")]:
        assert field["id"] in labelled
    for picture in seen.all("svg"):
        assert picture.get("aria-hidden") == "true" or picture.get("aria-label")


def test_the_province_shows_all_communes_and_the_commune_its_villages() -> None:
    province = Seen(render_report(PAGES["province"], View()))
    tiles = [each for each in province.all("a") if "tile" in (each.get("class") or "")]
    assert len(tiles) == 166
    commune = render_report(PAGES["commune"], View())
    assert all(f"Thôn {number}" in commune for number in range(1, 6))
    assert "chưa rõ thôn" in commune


def test_no_attribute_of_a_page_is_escaped_away() -> None:
    seen = Seen(render_report(PAGES["commune"], View(as_of=AS_OF)))
    assert [each for _, attributes in seen.tags for each in attributes.values() if each and '"' in each] == []
    assert [each for each in seen.all("tr") if each.get("class") == "rest"]
    assert [each for each in seen.all("p") if each.get("data-still") == "1"]
    province = Seen(render_report(PAGES["province"], View()))
    assert [each for each in province.all("section") if each.get("class") == "on-screen"]


def test_villages_of_one_name_are_distinguished() -> None:
    first, *others = PAGES["commune"].children
    twin = replace(first, unit=replace(first.unit, code="15721-01"))
    html = render_report(replace(PAGES["commune"], children=(first, twin, *others)), View())
    assert ">Thôn 1 (15721-01)</a>" in html
    assert ">Thôn 1 (15727-01)</a>" in html
    assert ">Thôn 2</a>" in html


def test_the_first_thing_on_a_page_is_how_far_the_unit_is() -> None:
    html = render_report(PAGES["commune"], View())
    first = html[html.index("<section") :].partition("</section>")[0]
    assert 'aria-labelledby="standing"' in first
    assert re.search(r"<b class=\"large\">1/9</b> chỉ tiêu đã đạt", first)
    assert first.count('<li class="goal-line') == 9, "every target; each of the six steps has one"
    account = first[first.index("Tài khoản thanh toán điện tử") :].partition("</li>")[0]
    assert "57,6%</b> / 80%" in account
    assert "Còn thiếu 518 người" in account, "80% of 2,310 are 1,848, and 1,330 have an account"
    assert "Còn thiếu 421." in first[first.index("Sạp chợ") :], "stalls are no people"
    without = replace(PAGES["commune"], figures={code: replace(each, target=None) for code, each in
                                                 PAGES["commune"].figures.items()})  # fmt: skip
    assert "Đơn vị chưa được giao chỉ tiêu; kết quả sáu bước" in render_report(without, View())
    one = replace(without, figures=without.figures | {"residents": replace(
        without.figures["residents"], target=ReportTarget(None, 2000))})  # fmt: skip
    first = render_report(one, View()).partition('id="glance"')[0]
    assert first.count('<li class="goal-line') == 1 + 6, "the steps without a target follow the targets"


def test_the_map_has_a_circle_for_each_commune_with_the_link_and_the_colour_of_its_tile() -> None:
    seen = Seen(render_report(PAGES["province"], View(indicator="vneid")))
    tiles = {
        each["href"]: (each["class"] or "").split()[-1] for each in seen.all("a") if "tile" in (each.get("class") or "")
    }
    links = [each for each in seen.all("a") if each.get("class") == "place"]
    circles = [each for each in seen.all("circle") if (each.get("class") or "").startswith("shade-")]
    assert len(links) == len(circles) == len(tiles) == 166
    assert {each["href"]: shade["class"] for each, shade in zip(links, circles, strict=True)} == tiles
    assert all(re.search(r"%; nhân khẩu: [\d.]+$", each["aria-label"] or "") for each in links)
    sizes = {each.unit.code: each.figures["residents"].numerator for each in PAGES["province"].children}
    drawn = [sizes[(each["href"] or "").partition("?")[0].rpartition("/")[2]] for each in links]
    assert drawn == sorted(drawn, key=lambda count: -(count or 0)), "small circles lie above large ones"
    assert len({each["r"] for each in circles}) > 20
    width, height = (float(part) for part in seen.viewboxes()["map"])
    assert all(0 < float(each["cx"] or 0) < width and 0 < float(each["cy"] or 0) < height for each in circles)


def test_there_is_no_map_of_units_of_which_we_know_no_point() -> None:
    early = replace(PAGES["province"], as_of=date(2025, 6, 30))
    assert 'class="place"' not in render_report(early, View()), "the codes were those of other communes then"
    assert 'class="place"' not in render_report(PAGES["commune"], View())


def test_each_commune_has_a_point_in_the_province() -> None:
    assert len({code for code, _, _ in POINTS}) == len({(lat, lon) for _, lat, lon in POINTS}) == 166
    assert all(19.2 < float(lat) < 20.7 and 104.3 < float(lon) < 106.1 for _, lat, lon in POINTS)


def test_a_commune_without_data_has_none_and_not_a_hidden_count() -> None:
    nothing = {code: Figure(each.indicator, 0, 0 if each.indicator.denominator else None)
               for code, each in PAGES["village"].figures.items()}  # fmt: skip
    report = public(replace(PAGES["village"], figures=nothing, obstacles=()))
    assert "được ẩn" not in render_report(report, View()).partition("<footer")[0]


def test_the_public_page_offers_to_sign_in_and_does_not_mention_hidden_counts() -> None:
    html = render_report(public(PAGES["commune"]), View(language="en"))
    assert 'href="/dashboard/sign-in?next=%2Fdashboard%2Funits%2F15724%3Flang%3Den"' in html
    assert "announced" not in html.partition('<details class="panel definitions">')[0]
    exact = render_report(PAGES["commune"], View())
    assert "/dashboard/sign-in" not in exact
    assert 'action="/dashboard/sign-out"' in exact
    empty = render_report(replace(PAGES["commune"], reconciliation=()), View())
    assert "Chưa có dịch vụ nào gửi số tự đếm của đơn vị này." in empty


def test_the_steps_of_a_plan_are_english_on_the_english_page() -> None:
    english = render_report(PAGES["commune"], View(language="en"))
    assert "The commune People&#39;s Committee draws up the plan" in english
    assert '<span lang="vi">Tổ chức truyền thông về mô hình</span>' in english, "a plan's words without a translation"
    assert "Xây dựng Kế hoạch, tổ chức triển khai" in render_report(PAGES["commune"], View())


def test_the_public_reads_that_a_cell_is_hidden_and_never_the_number() -> None:
    """Not that it is under five: many are hidden to protect another one, and which those are is not to be seen."""
    report = public(PAGES["village"])
    html = render_report(report, View())
    assert '<td role="cell" class="number quiet">được ẩn</td>' in html
    assert "dưới 5" not in html.partition("<footer")[0]
    assert "số dưới 5 và số có thể làm lộ số dưới 5 được ẩn" in html
    assert report.is_public
    assert "/v1/reports/export" not in html
    assert "/v1/reports/export" in render_report(PAGES["village"], View())


def test_a_view_is_kept_from_page_to_page() -> None:
    view = View(language="en", indicator="vneid", sort="value", as_of=AS_OF)
    assert view.link("15724") == "/dashboard/units/15724?lang=en&indicator=vneid&sort=value&as_of=2026-09-30"
    assert View().link() == "/dashboard"
    assert 'href="/dashboard/units/15724?lang=en' in render_missing("15727", AS_OF, view) or True
    html = render_report(PAGES["province"], view)
    assert '<option value="vneid" selected>' in html


def test_names_are_escaped() -> None:
    report: Report = PAGES["village"]
    assert "<script>alert" not in render_missing("<script>alert(1)</script>", AS_OF, View())
    assert report.unit.code in render_report(report, View())


def test_every_text_is_there_in_both_languages_and_every_used_text_exists() -> None:
    texts = tomllib.loads(files("reporting.texts").joinpath("texts.toml").read_text("utf-8"))
    for name, entry in texts.items():
        entries = entry.values() if "vi" not in entry else [entry]
        assert all(each["vi"] and each["en"] for each in entries), name
    used = "".join(each.read_text("utf-8") for each in files("reporting.pages").joinpath("templates").iterdir())
    for name in set(re.findall(r"texts\.([a-z_]+)\b(?!\()", used)) - {"language"}:
        assert name in texts, name


def test_vendored_files_are_those_of_the_manifest() -> None:
    folder = files("reporting.pages").joinpath("assets")
    manifest = tomllib.loads(folder.joinpath("vendor.toml").read_text("utf-8"))
    for entry in manifest.values():
        for name, digest in entry["sha256"].items():
            assert sha256(folder.joinpath(name).read_bytes()).hexdigest() == digest
    named = {name for entry in manifest.values() for name in entry["sha256"]}
    ours = {"course.js", "live.js", "dashboard.css", "mark.svg", "vendor.toml", "be-vietnam-pro-OFL.txt"}
    assert {each.name for each in folder.iterdir()} == named | ours
    assert manifest["uplot"]["integrity"].startswith("sha512-")
    assert asset("vendor.toml") is None
    assert asset("../texts.py") is None


def test_a_browser_refuses_a_vendored_script_that_is_not_the_pinned_one() -> None:
    seen = Seen(render_report(PAGES["commune"], View()))
    for attributes in [*seen.all("script"), *seen.all("link")]:
        address = attributes.get("src") or attributes["href"] or ""
        if "uplot" in address:
            content, _ = asset(address.rpartition("/")[2].partition("?")[0]) or (b"", "")
            assert attributes["integrity"] == "sha256-" + b64encode(sha256(content).digest()).decode()
    assert sum("integrity" in attributes for _, attributes in seen.tags) == 2


def test_every_chart_is_also_a_table() -> None:
    report = PAGES["commune"]
    html = render_report(report, View(language="en"))
    table = html[html.index('id="course-table"') :].partition("</table>")[0]
    values = [None if value is None else float(value) for value in Seen(table).cells()]
    expected = [[figure.trend[week].value for figure in map(report.figures.get, SIX_STEPS) if figure]
                for week in range(14)]  # fmt: skip
    assert values == [float(round(value, 2)) for week in expected for value in week if value is not None]
    assert "<details open>" in html


def test_numbers_and_names_are_written_as_vietnamese_writes_them() -> None:
    vietnamese, english = Texts("vi"), Texts("en")
    assert vietnamese.number(1234567) == "1.234.567"
    assert english.number(1234567) == "1,234,567"
    assert vietnamese.day(AS_OF) == "30/09/2026"
    names = ["Đồng Tiến", "Vạn Xuân", "Ân Hòa", "An Nông", "Đông Sơn", "Dân Lực", "Thôn 10", "Thôn 2"]
    assert sorted(names, key=alphabetical) == [
        "An Nông",
        "Ân Hòa",
        "Dân Lực",
        "Đông Sơn",
        "Đồng Tiến",
        "Thôn 2",
        "Thôn 10",
        "Vạn Xuân",
    ]
