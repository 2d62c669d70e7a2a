"""The journey of one resident, computed from attributes and evidence; order of arrival and repeats do not matter."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from chassis.clock import local_date
from onboarding.model.steps import Step, StepRule, catalogue

StepStatus = Literal["blocked", "ready", "in_progress", "completed", "revoked"]
EvidenceKind = Literal["self", "volunteer", "officer", "document", "partner"]
AccountKind = Literal["bank", "e_wallet", "mobile_money"]

EKYC = "ekyc"
"""Evidence of eKYC belongs to no step: eKYC is a condition of the digital signature."""


class EvidenceEffect(StrEnum):
    """What an evidence does to its step."""

    STARTED = "started"
    HELD = "held"
    ENDED = "ended"


@dataclass(frozen=True)
class Evidence:
    """One accepted piece of evidence about one step. `occurred_at` decides the order, `id` decides ties.

    `holding` distinguishes several accounts or certificates of one person; empty means the step as a whole.
    `had_bank_account` is what was known before this event: it fixes the route. `charged` is VND taken for a free item.
    """

    id: str
    step: str
    effect: EvidenceEffect
    occurred_at: datetime
    kind: EvidenceKind
    holding: str = ""
    provider: str | None = None
    reference: str | None = None
    account_kind: AccountKind | None = None
    level: int | None = None
    valid_until: datetime | None = None
    had_bank_account: bool = False
    charged: int | None = None
    assisted: bool = False

    @property
    def moment(self) -> tuple[datetime, str]:
        return self.occurred_at, self.id


@dataclass(frozen=True)
class KnownAttributes:
    """Attributes of a resident as of the `version` of registry: which conditions hold, and the bank account."""

    version: int = 0
    conditions: frozenset[str] = frozenset()
    has_bank_account: bool = False
    birth_month: str | None = None


@dataclass(frozen=True, slots=True)
class JourneyStep:
    """Where a resident stands on one step, as computed here and as stored in `resident_step`.

    `marks` are the countable parts that hold now. `evidence` is the evidence named by `evidence_id`; a step that was read
    from the table has none, so two steps are equal when what is stored of them is.
    """

    step: Step
    status: StepStatus
    missing: tuple[str, ...] = ()
    route: str | None = None
    completed_at: datetime | None = None
    changed_at: datetime | None = None
    level: int | None = None
    marks: tuple[str, ...] = ()
    evidence_id: str | None = None
    evidence_kind: str | None = None
    provider: str | None = None
    expires_at: datetime | None = None
    evidence: Evidence | None = field(default=None, compare=False)

    def counted(self) -> tuple[object, ...] | None:
        """What reports count of this step; None where no part of it is countable yet."""
        if self.status not in COUNTED and not self.marks:
            return None
        return self.status, self.completed_at, self.route, self.marks, self.evidence_kind, self.provider


COUNTED = ("completed", "revoked")


def journey(attributes: KnownAttributes, evidences: Iterable[Evidence], now: datetime) -> list[JourneyStep]:
    """All six steps of one resident as of `now`, whatever the order or repetition of the evidences."""
    by_step = _by_step(evidences)
    conditions = _given(attributes, by_step, now)
    states: list[JourneyStep] = []
    for rule in catalogue().steps:
        progress = _replay(by_step.get(rule.step, []), now)
        states.append(_state(rule, progress, attributes, conditions, now))
        if progress.since:
            conditions.add(rule.step)
    return states


def missing_conditions(
    step: str,
    attributes: KnownAttributes,
    evidences: Iterable[Evidence],
    on: date,
    now: datetime,
    account_kind: AccountKind | None = None,
) -> list[str]:
    """Conditions that a declaration of `step` about the day `on` lacks; evidence of a partner is never gated.

    Mobile Money is a separate account: it needs no smartphone, whatever else the resident has (requirement R27).
    """
    by_step = _by_step(evidences)
    given = _given(attributes, by_step, now)
    rule = catalogue().rule(step)
    activates = attributes.has_bank_account and account_kind != "mobile_money"

    def holds(condition: str) -> bool:
        return condition in given or _replay(by_step.get(condition, []), now).since is not None

    return list(rule.missing_on(on, rule.route_for(activates), attributes.birth_month, holds))


def _by_step(evidences: Iterable[Evidence]) -> dict[str, list[Evidence]]:
    """Each evidence once, in the order in which things happened."""
    by_step: dict[str, list[Evidence]] = {}
    for each in sorted({each.id: each for each in evidences}.values(), key=lambda each: each.moment):
        by_step.setdefault(each.step, []).append(each)
    return by_step


def _given(attributes: KnownAttributes, by_step: dict[str, list[Evidence]], now: datetime) -> set[str]:
    """Conditions that hold before any step: those that registry publishes, and a passed eKYC."""
    return set(attributes.conditions) | ({EKYC} if _replay(by_step.get(EKYC, []), now).since else set())


@dataclass
class _Progress:
    held: dict[str, list[Evidence]] = field(default_factory=dict)
    begun: list[Evidence] = field(default_factory=list)
    since: Evidence | None = None
    ended: Evidence | None = None

    def apply(self, evidence: Evidence) -> None:
        match evidence.effect:
            case EvidenceEffect.STARTED:
                self.begun.append(evidence)
            case EvidenceEffect.HELD:
                self.since = self.since or evidence
                self.held.setdefault(evidence.holding, []).append(evidence)
            case EvidenceEffect.ENDED:
                self._end(evidence)

    def _end(self, evidence: Evidence) -> None:
        if not evidence.holding:
            self.held.clear()
        elif self.held.pop(evidence.holding, None) is None and self._is_nameless_of(evidence.provider):
            # A certificate reported without its serial ends when its provider ends one that was never reported.
            self.held.pop("")
        if not self.held:
            self.since, self.begun, self.ended = None, [], evidence

    def _is_nameless_of(self, provider: str | None) -> bool:
        nameless = self.held.get("", [])
        return provider is not None and any(each.provider == provider for each in nameless)

    @property
    def holdings(self) -> list[Evidence]:
        return [each for one in self.held.values() for each in one]

    @property
    def level(self) -> int | None:
        return max((each.level for each in [*self.begun, *self.holdings] if each.level), default=None)

    @property
    def expires_at(self) -> datetime | None:
        """When the first of the holdings will end by itself."""
        last = (one[-1].valid_until for one in self.held.values())
        return min((until for until in last if until), default=None)

    @property
    def changed_at(self) -> datetime | None:
        dated = [*self.begun, *self.holdings, *([self.ended] if self.ended else [])]
        return max((each.occurred_at for each in dated), default=None)


def _replay(evidences: list[Evidence], now: datetime) -> _Progress:
    progress = _Progress()
    expired = list(_expiries(evidences, now))
    ordered = sorted([*evidences, *expired], key=lambda each: each.moment) if expired else evidences
    for evidence in ordered:
        progress.apply(evidence)
    return progress


def _expiries(evidences: list[Evidence], now: datetime) -> Iterable[Evidence]:
    """A holding ends when the validity that was reported last has passed."""
    latest = {each.holding: each for each in evidences if each.effect is EvidenceEffect.HELD}
    for each in latest.values():
        if each.valid_until is not None and each.occurred_at <= each.valid_until <= now:
            yield Evidence(
                f"{each.id}~expired", each.step, EvidenceEffect.ENDED, each.valid_until, each.kind, each.holding
            )


def _state(
    rule: StepRule, progress: _Progress, attributes: KnownAttributes, conditions: set[str], now: datetime
) -> JourneyStep:
    done = progress.since
    route = rule.route_for(done.had_bank_account if done else attributes.has_bank_account)
    missing = rule.missing_on(local_date(now), route, attributes.birth_month, conditions.__contains__)
    status, proof = _status_and_proof(progress, bool(missing))
    return JourneyStep(
        step=rule.step,
        status=status,
        missing=() if done else missing,
        route=route,
        completed_at=done.occurred_at if done else None,
        changed_at=progress.changed_at,
        level=progress.level if rule.levels else None,
        marks=_marks(rule, progress),
        evidence_id=proof.id if proof else None,
        evidence_kind=proof.kind if proof else None,
        provider=proof.provider if proof else None,
        expires_at=progress.expires_at,
        evidence=proof,
    )


def _status_and_proof(progress: _Progress, is_blocked: bool) -> tuple[StepStatus, Evidence | None]:
    if progress.since:
        return "completed", progress.since
    if progress.begun:
        return "in_progress", progress.begun[-1]
    if progress.ended:
        return "revoked", progress.ended
    return ("blocked" if is_blocked else "ready"), None


def _marks(rule: StepRule, progress: _Progress) -> tuple[str, ...]:
    marks: set[str] = {each.account_kind for each in progress.holdings if each.account_kind}
    if rule.levels and (progress.begun or progress.held):
        marks.add("issued")
        marks |= {f"level_{level}" for level in rule.levels if level <= (progress.level or 0)}
    if progress.since:
        marks |= _service(progress.since)
    return tuple(sorted(marks))


def _service(evidence: Evidence) -> set[str]:
    """Assisted work is never counted as self-service."""
    if evidence.assisted or evidence.kind in ("volunteer", "officer"):
        return {"assisted"}
    return {"self_service"} if evidence.kind == "self" else set()
