from chassis.storage.migrations import run_environment
from gateway import model

run_environment(model.metadata)
