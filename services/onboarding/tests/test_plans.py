"""The two plans are read as they were written; the errors of a wrong file are named."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from onboarding.model.bodies import bodies, body_codes, body_name, find_body
from onboarding.model.plans import CampaignPlan, PlanInvalid, read_plan
from onboarding.model.templates import templates

PLANS = Path(__file__).parents[3] / "deploy/provinces/thanh-hoa/demo/plans"


def text_of(name: str) -> str:
    return (PLANS / f"{name}.yaml").read_text(encoding="utf-8")


def changed(name: str, **entries: object) -> str:
    content = yaml.safe_load(text_of(name))
    content.update({key.replace("_", " "): value for key, value in entries.items()})
    return yaml.safe_dump(content, allow_unicode=True)


def mistakes(text: str) -> list[str]:
    with pytest.raises(PlanInvalid) as refused:
        read_plan(text)
    return [f"{each.where}: {each.vi}" for each in refused.value.errors]


@pytest.fixture
def plan_a() -> CampaignPlan:
    return read_plan(text_of("dong-thang-2024"))


@pytest.fixture
def plan_b() -> CampaignPlan:
    return read_plan(text_of("ngoc-lac-2024"))


def test_plan_a_has_six_steps_and_only_the_days_that_it_gives(plan_a: CampaignPlan) -> None:
    due = {step.number: step.time.due_on if step.time else None for step in plan_a.steps}

    assert due == {1: date(2024, 6, 30), 2: date(2024, 7, 31), 3: None, 4: date(2024, 8, 31), 5: None, 6: None}
    assert plan_a.issued_on == date(2024, 7, 8)
    assert plan_a.time is None
    assert plan_a.procedures.minimum == 2


def test_plan_b_has_eight_steps_without_days(plan_b: CampaignPlan) -> None:
    assert [step.number for step in plan_b.steps] == list(range(1, 9))
    assert all(step.time is None for step in plan_b.steps)
    assert plan_b.time is not None
    assert (plan_b.time.starts_on, plan_b.time.due_on) == (date(2024, 4, 20), date(2024, 6, 30))
    assert plan_b.procedures.minimum == 5
    assert plan_b.filings[0].due is not None
    assert plan_b.filings[0].due.due_on == date(2024, 4, 19)


def test_the_basis_and_the_recipients_are_those_of_the_plans(plan_a: CampaignPlan, plan_b: CampaignPlan) -> None:
    assert [each.number for each in plan_a.basis] == ["1327/KH-STTTT", "236/STTTT-CNTT", "196/KH-UBND"]
    assert [each.number for each in plan_b.basis] == ["236/STTTT-CNTT"]
    assert ("Tổ công nghệ số cộng đồng 5 thôn", "execute") in plan_a.recipients.listed()
    assert ("Công an huyện", "coordinate") in plan_b.recipients.listed()
    assert plan_a.recipients.filed == plan_b.recipients.filed == ["VT", "VHTT"]


def test_a_missing_entry_is_named() -> None:
    content = yaml.safe_load(text_of("dong-thang-2024"))
    del content["tên"], content["các bước"][2]["nội dung"]

    assert mistakes(yaml.safe_dump(content, allow_unicode=True)) == [
        "tên: thiếu mục này",
        "các bước, 3, nội dung: thiếu mục này",
    ]


def test_a_commune_plan_has_exactly_six_steps() -> None:
    content = yaml.safe_load(text_of("dong-thang-2024"))

    errors = mistakes(changed("dong-thang-2024", các_bước=content["các bước"][:5]))

    assert errors == ["các bước: mẫu này có 6 bước, đánh số từ 1"]


def test_an_unknown_entry_and_an_unreadable_time_are_named() -> None:
    errors = mistakes(changed("ngoc-lac-2024", thời_gian="sớm nhất có thể", ghi_chú="x"))

    assert errors[0].startswith("thời gian: thời gian viết như")
    assert errors[1] == "ghi chú: không có mục nào tên như vậy"


def test_a_district_office_cannot_issue_a_plan_after_the_districts_ended() -> None:
    errors = mistakes(changed("dong-thang-2024", ngày_ban_hành="01/08/2025"))

    assert any("Phòng Văn hóa và Thông tin" in each and "không có vào ngày 01/08/2025" in each for each in errors)


def test_a_misspelt_body_is_answered_with_the_nearest_name() -> None:
    errors = mistakes(changed("dong-thang-2024", thành_phần_tổ_triển_khai=["Công an xả"]))

    assert errors == ['thành phần tổ triển khai: không biết cơ quan "Công an xả"; có phải là "Công an xã"?']


def test_what_is_not_yaml_is_refused_with_its_line() -> None:
    assert mistakes("tên: [a\nmẫu: }")[0].startswith("dòng 2")


def test_a_place_may_follow_the_name_of_a_body() -> None:
    body = find_body("UBND huyện Triệu Sơn", date(2024, 6, 10))

    assert body is not None
    assert (body.body, body.level) == ("people_committee", "district")


def test_the_department_of_the_model_changed_its_name_in_2025() -> None:
    assert body_name("information", date(2024, 1, 31), "province") == "Sở Thông tin và Truyền thông"
    assert body_name("information", date(2025, 6, 1), "province") == "Sở Khoa học và Công nghệ"
    assert find_body("UBND huyện", date(2025, 7, 1)) is None


def test_a_name_is_never_borne_by_two_bodies_on_one_day() -> None:
    for day in (date(2024, 6, 1), date(2025, 3, 1), date(2026, 1, 1)):
        names = [name.name for body in bodies() for name in body.names if name.is_valid(day)]
        assert len(names) == len(set(names))


def test_every_body_of_the_templates_is_known() -> None:
    for template in templates().values():
        named = {*template.team_bodies, *(body for step in template.steps for body in step.bodies)}
        assert named <= body_codes()


@pytest.mark.parametrize("text", ["", "[]", "- a", "tên: 2024-13-45", "a: &x [*x]", "? [a]\n: b", "[" * 3000, "\t"])
def test_any_file_is_read_or_refused(text: str) -> None:
    with pytest.raises(PlanInvalid):
        read_plan(text)


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "a: &a {tên: x}\nb: {<<: *a}\n",
        "b: {<<: {tên: x}}\n",
        "tên: &x a\n",
        "tên: !!python/object/apply:os.system [x]\n",
        "[" * 100_000,
        "a:\n" + "".join(" " * depth + "a:\n" for depth in range(1, 40)),
        "- x\n" * 10_000,
        "tên: " + "x" * 20_000,
        "tên: một\ntên: hai\n",
        "số: " + "9" * 5_000,
        "ngày: 2024-02-31\n",
    ],
    ids=[
        "aliases", "merge of an alias", "merge", "anchor", "tag", "deep flow", "deep block", "wide", "long", "twice",
        "number", "day",
    ],
)  # fmt: skip
def test_a_file_that_unfolds_or_nests_is_refused_before_it_is_built(text: str) -> None:
    [error] = mistakes(text)

    assert "không đọc được" in error
