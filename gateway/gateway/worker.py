"""The gateway's event process: relays what partners sent, receives the outcomes."""

from chassis.app import run_worker
from gateway.app import service

if __name__ == "__main__":
    run_worker(service)
