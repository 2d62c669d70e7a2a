from sqlalchemy import MetaData

from chassis.storage.migrations import run_environment

run_environment(MetaData())
