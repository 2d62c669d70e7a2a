"""First sign-ins of registered people: `python -m bench.sign_ins URL [people] [per second]` against a platform in development.

Registers synthetic residents by a list, gets a played provider's token for each, then sends the first request of each at a
fixed rate, whatever the answers take, and a second one of each with a new token. Prints the times and every wrong answer.
"""

import asyncio
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any

import aiohttp

VILLAGE, COMMUNE = "15727-03", "15724"
AT_ONCE = 16
SECONDS_TO_IMPORT = 600


@dataclass
class Round:
    """What came back of one round."""

    milliseconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    residents: dict[int, str] = field(default_factory=dict)

    def describe(self, name: str, seconds: float) -> str:
        """One line for a reader."""
        cuts = quantiles(self.milliseconds, n=100)
        rate = len(self.milliseconds) / seconds
        return f"{name}: {rate:.0f}/s, p50 {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms, wrong {len(self.wrong)} {self.wrong[:3]}"


def claims_of(number: int, run: int) -> dict[str, Any]:
    """A synthetic woman; each run has its own year of birth, which her number carries (Decree 70/2024)."""
    year = 1940 + run % 60
    return {
        "personal_id": f"0381{year % 100:02d}{number:06d}",
        "full_name": "Khổng Thị Thử",
        "date_of_birth": f"{year}-03-04",
    }


async def register(http: aiohttp.ClientSession, people: list[dict[str, Any]]) -> None:
    """Register all people by one list."""
    token = await token_of(http, {"role": "officer", "unit_code": "38"})
    rows = ["so_dinh_danh,ho_ten,ngay_sinh,gioi_tinh,thon"]
    rows += [f"{who['personal_id']},{who['full_name']},{who['date_of_birth']},Nữ,{VILLAGE}" for who in people]
    form = aiohttp.FormData({"unit_code": COMMUNE})
    form.add_field("file", "\n".join(rows).encode(), filename="nguoi.csv")
    headers = {"Authorization": f"Bearer {token}"}
    async with http.post("/v1/resident-imports", data=form, headers=headers) as answer:
        made = await answer.json()
    deadline = time.monotonic() + SECONDS_TO_IMPORT
    while time.monotonic() < deadline:
        async with http.get(f"/v1/resident-imports/{made['id']}", headers=headers) as answer:
            state = await answer.json()
        if state["status"] in ("completed", "failed"):
            print(f"registered: {state}")
            return
        await asyncio.sleep(0.5)


async def token_of(http: aiohttp.ClientSession, who: dict[str, Any]) -> str:
    """A development token; sent again where the gateway asks to wait or closed a kept connection."""
    while True:
        with suppress(aiohttp.ClientOSError):
            async with http.post("/dev/token", json=who) as answer:
                if answer.status != 429:
                    answer.raise_for_status()
                    token: str = (await answer.json())["access_token"]
                    return token
                await asyncio.sleep(float(answer.headers["Retry-After"]))


async def tokens_of(http: aiohttp.ClientSession, people: list[dict[str, Any]], level: int) -> list[str]:
    """A token of the played provider for each."""
    place = asyncio.Semaphore(AT_ONCE)

    async def one(who: dict[str, Any]) -> str:
        async with place:
            return await token_of(http, {"role": "resident", "level": level, **who})

    return list(await asyncio.gather(*(one(who) for who in people)))


async def sign_in(http: aiohttp.ClientSession, tokens: list[str], per_second: float) -> tuple[Round, float]:
    """One request of each at a fixed rate; the answers and the seconds from the first request to the last answer."""
    result, began = Round(), time.monotonic()

    async def one(number: int, token: str) -> None:
        await asyncio.sleep(began + number / per_second - time.monotonic())
        sent = time.perf_counter()
        async with http.get("/v1/me", headers={"Authorization": f"Bearer {token}"}) as answer:
            body = await answer.json()
        result.milliseconds.append((time.perf_counter() - sent) * 1000)
        if answer.status == 200:
            result.residents[number] = body["resident_id"]
        else:
            result.wrong.append(f"{answer.status} {body['type']}")

    await asyncio.gather(*(one(number, token) for number, token in enumerate(tokens)))
    return result, time.monotonic() - began


async def measure(url: str, count: int, per_second: float) -> int:
    """Both rounds; 1 when a person was refused or got another record the second time."""
    people = [claims_of(number, int(time.time()) // 60) for number in range(count)]
    connector = aiohttp.TCPConnector(limit=100)
    async with aiohttp.ClientSession(url, connector=connector, timeout=aiohttp.ClientTimeout(total=120)) as http:
        await register(http, people)
        first, seconds = await sign_in(http, await tokens_of(http, people, 1), per_second)
        print(first.describe("first sign-in", seconds))
        second, seconds = await sign_in(http, await tokens_of(http, people, 2), per_second)
        print(second.describe("second sign-in", seconds))
    is_one_each = len(set(first.residents.values())) == count and first.residents == second.residents
    print(f"one record each, and the same twice: {is_one_each}")
    return 0 if is_one_each else 1


if __name__ == "__main__":
    numbers = [float(each) for each in sys.argv[2:]] + [10_000, 200][len(sys.argv) - 2 :]
    sys.exit(asyncio.run(measure(sys.argv[1], int(numbers[0]), numbers[1])))
