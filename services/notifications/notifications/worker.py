"""The event process of notifications: event handlers, sender, scheduled jobs."""

from chassis.app import run_worker
from notifications.app import service

if __name__ == "__main__":
    run_worker(service)
