"""Communes' lists as CSV, and their import at the registry."""

import io
import json
import time
import urllib.request
from collections.abc import Iterable, Sequence
from uuid import uuid4

from bench.residents import Resident
from bench.stage import Stage, ask
from chassis.security.identity import Caller

PROVINCE = "38"
OFFICER = Caller(role="officer", subject="bench-province", unit_code=PROVINCE)
COMMUNES = ("15724", "15061")
HEADER = "so_dinh_danh,ho_ten,ngay_sinh,gioi_tinh,thon,so_dien_thoai,chinh_chu,smartphone\n"


def as_list(people: Iterable[Resident], communes: Sequence[str] = COMMUNES) -> bytes:
    """A province's list, the people spread over a few communes."""
    text = io.StringIO()
    text.write(HEADER)
    for number, one in enumerate(people):
        sex = "Nữ" if one.is_female else "Nam"
        unit = communes[number % len(communes)]
        text.write(f"{one.personal_id},{one.full_name},{one.born:%d/%m/%Y},{sex},{unit},0{one.phone[3:]},có,có\n")
    return text.getvalue().encode()


def hand_in(stage: Stage, url: str, content: bytes, *, token: str | None = None) -> str:
    """Send a list to the registry; the id of the import."""
    mark = uuid4().hex
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="unit_code"\r\n\r\n{PROVINCE}\r\n'.encode(),
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\n'
        "Content-Type: text/csv\r\n\r\n".encode(),
        content,
        f"\r\n--{mark}--\r\n".encode(),
    ]
    headers = {
        "Content-Type": f"multipart/form-data; boundary={mark}",
        "Authorization": f"Bearer {token or stage.token(OFFICER)}",
    }
    sent = urllib.request.Request(f"{url}/v1/resident-imports", data=b"".join(parts), method="POST", headers=headers)
    with urllib.request.urlopen(sent, timeout=120) as answer:
        return str(json.loads(answer.read())["id"])


def wait_until_taken_over(stage: Stage, url: str, import_id: str, rows: int, seconds: float) -> None:
    """Until the import is completed with every row of it created."""
    deadline = time.monotonic() + seconds
    token = stage.token(OFFICER)
    while time.monotonic() < deadline:
        state = ask("GET", f"{url}/v1/resident-imports/{import_id}", token=token)
        if state["status"] in ("completed", "failed"):
            if state["created"] != rows:
                raise RuntimeError(f"the import ended as {state}")
            return
        time.sleep(0.05)
    raise RuntimeError(f"an import of {rows} rows took over {seconds} s")
