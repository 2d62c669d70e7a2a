"""A simulated partner: demo-bank opens one stall and pays there every few seconds, as long as this runs.

    python -m deploy.demo.partners http://127.0.0.1:8080

In development only: it signs with the secret that every development platform knows.
"""

import sys
import time

import httpx

from deploy.demo.api_client import ApiClient, RequestRefused
from deploy.demo.steady_bank import DemoBank, open_merchant

SECONDS_BETWEEN = 5.0
SECONDS_BEFORE_NEXT_TRY = 5.0


def main(url: str) -> int:
    """Send payments until SIGTERM."""
    bank = DemoBank(url, _opened(url), seconds_between=SECONDS_BETWEEN)
    bank.start()
    while bank.is_alive():
        bank.join(60)
        print(f"demo-bank: {len(bank.accepted)} payments accepted", flush=True)
    return 1


def _opened(url: str) -> str:
    while True:
        try:
            with ApiClient(url) as api:
                return open_merchant(api)
        except (httpx.HTTPError, RequestRefused, RuntimeError) as error:
            print(f"not yet: {type(error).__name__}", flush=True)
            time.sleep(SECONDS_BEFORE_NEXT_TRY)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
