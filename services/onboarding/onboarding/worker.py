"""The event process of onboarding alone."""

from chassis.app import run_worker
from onboarding.app import service

if __name__ == "__main__":
    run_worker(service)
