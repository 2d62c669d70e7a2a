from chassis.storage.migrations import run_environment
from reporting.model import Table

run_environment(Table.metadata)
