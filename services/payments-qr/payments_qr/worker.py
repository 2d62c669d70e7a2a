"""The worker process of payments-qr: relay and event handlers without HTTP."""

from chassis.app import run_worker
from payments_qr.app import service

if __name__ == "__main__":
    run_worker(service)
