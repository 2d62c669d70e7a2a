"""Alembic's entry: the tables of payments-qr."""

from chassis.storage.migrations import run_environment
from payments_qr.model import Table

run_environment(Table.metadata)
