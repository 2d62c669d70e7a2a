"""The registry's event process: relay, handlers, imports."""

from chassis.app import run_worker
from registry.app import service

if __name__ == "__main__":
    run_worker(service)
