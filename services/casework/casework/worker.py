"""The event process of casework."""

from casework.app import service
from chassis.app import run_worker

if __name__ == "__main__":
    run_worker(service)
