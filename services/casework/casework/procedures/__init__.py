"""Procedures as data: one file per national code, its versions chosen by the date of receipt."""

from casework.procedures.catalogue import Procedure, ProcedureCatalogue, UnknownProcedure, load_catalogue
from casework.procedures.checks import CheckFinding
from casework.procedures.version import (
    AllowanceLevel,
    Applicant,
    ByChannelFee,
    CouncilFee,
    Fee,
    FieldChoice,
    FlatFee,
    FormField,
    NoFee,
    PerCopyFee,
    PerPageFee,
    ProcedureDocument,
    Version,
)
from casework.procedures.wording import checks_in_words

__all__ = [
    "AllowanceLevel",
    "Applicant",
    "ByChannelFee",
    "CheckFinding",
    "CouncilFee",
    "Fee",
    "FieldChoice",
    "FlatFee",
    "FormField",
    "NoFee",
    "PerCopyFee",
    "PerPageFee",
    "Procedure",
    "ProcedureCatalogue",
    "ProcedureDocument",
    "UnknownProcedure",
    "Version",
    "checks_in_words",
    "load_catalogue",
]
