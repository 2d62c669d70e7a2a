"""Papers: a household's checklist, a session's check-in sheet, signature lists. Names come from registry, for the print only."""

from onboarding.printing.check_in import check_in_symbol, render_check_in
from onboarding.printing.checklist import HouseholdMember, StepLine, render_checklist
from onboarding.printing.workbook import ListedPerson, render_workbook

__all__ = [
    "HouseholdMember",
    "ListedPerson",
    "StepLine",
    "check_in_symbol",
    "render_check_in",
    "render_checklist",
    "render_workbook",
]
