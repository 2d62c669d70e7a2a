"""Procedures as data: one file per national code, its versions chosen by the date of receipt."""

from casework.procedures.catalogue import Catalogue, Procedure, UnknownProcedure, load_catalogue
from casework.procedures.version import (
    ByChannelFee,
    Choice,
    CouncilFee,
    Document,
    Fee,
    Field,
    FlatFee,
    NoFee,
    PerCopyFee,
    PerPageFee,
    Text,
    Version,
)

__all__ = [
    "ByChannelFee",
    "Catalogue",
    "Choice",
    "CouncilFee",
    "Document",
    "Fee",
    "Field",
    "FlatFee",
    "NoFee",
    "PerCopyFee",
    "PerPageFee",
    "Procedure",
    "Text",
    "UnknownProcedure",
    "Version",
    "load_catalogue",
]
