"""Papers: the checklist of a household as PDF, signature lists as workbooks. Names come from registry, for the print only."""

from onboarding.printing.checklist import Member, StepLine, render_checklist
from onboarding.printing.workbook import ListedPerson, render_workbook

__all__ = ["ListedPerson", "Member", "StepLine", "render_checklist", "render_workbook"]
