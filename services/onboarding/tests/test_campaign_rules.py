"""Ranking, missing bodies and the loudspeaker's text."""

from datetime import UTC, datetime
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onboarding.model.announcement import NextSession, announcement, things_to_bring
from onboarding.model.ranking import mean, missing_bodies, ranked, share_of_target
from onboarding.model.templates import templates


def test_a_team_lacks_the_bodies_that_the_plan_names_and_that_send_no_member() -> None:
    wanted = templates()["district"].team_bodies

    assert missing_bodies(wanted, ["youth_union", "police", "office"]) == ["community_digital_team", "telecom", "bank"]


def test_equals_share_a_place_and_the_next_one_is_skipped() -> None:
    scores = {"a": Fraction(1), "b": Fraction(1, 2), "c": Fraction(1), "d": Fraction(0)}

    places = [(each.place, each.key) for each in ranked(scores, {"a": "Vân Am", "c": "Cao Ngọc"})]

    assert places == [(1, "c"), (1, "a"), (3, "b"), (4, "d")]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a busy machine is no fault
@given(st.dictionaries(st.text(max_size=3), st.fractions(0, 1), max_size=8))
def test_a_ranking_names_each_key_once_and_never_puts_the_worse_first(scores: dict[str, Fraction]) -> None:
    places = ranked(scores, {})

    assert {each.key for each in places} == set(scores)
    assert [each.score for each in places] == sorted(scores.values(), reverse=True)


def test_a_target_is_reached_at_most_once() -> None:
    assert share_of_target(95, 100, 90.0, None) == 1
    assert share_of_target(45, 100, 90.0, None) == Fraction(1, 2)
    assert share_of_target(3, None, None, 4) == Fraction(3, 4)
    assert share_of_target(3, 0, 90.0, None) == 0
    assert mean([Fraction(1), Fraction(0)]) == Fraction(1, 2)
    assert mean([]) == 0


def test_the_announcement_names_day_place_services_and_what_to_bring() -> None:
    session = NextSession(
        datetime(2024, 7, 20, 0, 30, tzinfo=UTC), datetime(2024, 7, 20, 4, tzinfo=UTC), "nhà văn hóa thôn 1", ["vneid"]
    )

    text = announcement("thôn 1, xã Đồng Thắng", session, ["Thủ tục cấp trích lục bản sao hộ tịch"])

    assert "từ 7 giờ 30 phút đến 11 giờ, thứ bảy, ngày 20 tháng 7 năm 2024, tại nhà văn hóa thôn 1" in text
    assert "hỗ trợ tạo lập tài khoản, cài đặt" in text
    assert "thẻ căn cước hoặc căn cước công dân; điện thoại thông minh" in text
    assert "Thủ tục cấp trích lục bản sao hộ tịch" in text


def test_without_a_session_the_text_promises_no_day() -> None:
    text = announcement("xã Đồng Thắng", None, [])

    assert "sẽ được thông báo sau" in text
    assert "mang theo" not in text


def test_each_thing_to_bring_is_named_once() -> None:
    assert len(things_to_bring()) == len(set(things_to_bring()))
    assert things_to_bring(["province_app"], "en") == ["charged smartphone"]
