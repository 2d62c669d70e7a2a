"""The event process of reporting, on its own."""

from chassis.app import run_worker
from reporting.app import service

if __name__ == "__main__":
    run_worker(service)
