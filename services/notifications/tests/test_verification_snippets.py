"""The ten lines of `docs/integration.md` accept what is signed and refuse what is not, in the languages that are here."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from notifications.sender.signatures import headers_of, key_of

PAGE = Path(__file__).parents[3] / "docs/integration.md"
SECRET, OTHER = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=", "whsec_" + "A" * 43 + "="
BODY = '{"type":"step.completed","data":{"đơn vị":"15724"}}'.encode()
CASES = [
    ("signed", True), ("second of two", True), ("other secret", False), ("other body", False), ("old", False),
]  # fmt: skip


def snippet(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE.read_text().split("### Verify in ten lines")[1], re.DOTALL)
    assert found
    assert len(found[1].strip().splitlines()) <= 14
    return found[1]


def message(case: str) -> dict[str, Any]:
    moment = datetime.now(UTC) - (timedelta(seconds=400) if case == "old" else timedelta())
    secrets = {"other secret": [OTHER], "second of two": [OTHER, SECRET]}.get(case, [SECRET])
    headers = headers_of("01936f2e-8a00", moment, BODY, [key_of(one) for one in secrets])
    body = BODY + b" " if case == "other body" else BODY
    return {"secret": SECRET, "headers": headers, "body": body.decode()}


def python(folder: Path, given: dict[str, Any]) -> str:
    (folder / "v.py").write_text(snippet("python") + "\nimport json, sys\nm = json.load(sys.stdin)\n"
                                 "print(verify(m['secret'], m['headers'], m['body'].encode()))\n")  # fmt: skip
    return run(["python3", "v.py"], folder, given)


def node(folder: Path, given: dict[str, Any]) -> str:
    (folder / "v.js").write_text(
        snippet("js") + '\nconst m = JSON.parse(require("fs").readFileSync(0, "utf8"));'
        "\nconsole.log(verify(m.secret, m.headers, Buffer.from(m.body)));\n"
    )
    return run(["node", "v.js"], folder, given)


def java(folder: Path, given: dict[str, Any]) -> str:
    (folder / "V.java").write_text(
        "class V {\n" + snippet("java") + "public static void main(String[] a) throws Exception {"
        ' System.out.println(verify(a[0], a[1], a[2], a[3], a[4].getBytes("UTF-8"))); } }\n'
    )
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    arguments = [given["secret"], *(given["headers"][name] for name in names), given["body"]]
    return run(["java", "-Dsun.jnu.encoding=UTF-8", "V.java", *arguments], folder, given)


def go(folder: Path, given: dict[str, Any]) -> str:
    packages = ["crypto/hmac", "crypto/sha256", "encoding/base64", "encoding/json", "fmt", "math", "net/http", "os", "slices",
                "strconv", "strings", "time"]  # fmt: skip
    imports = "\n".join(f'"{one}"' for one in packages)
    (folder / "v.go").write_text(
        f"package main\nimport (\n{imports}\n)\n{snippet('go')}\n"
        "func main() { var m struct { Secret, Body string; Headers map[string]string }\n"
        "json.NewDecoder(os.Stdin).Decode(&m); h := http.Header{}\n"
        "for k, v := range m.Headers { h.Set(k, v) }\nfmt.Println(verify(m.Secret, h, []byte(m.Body))) }\n"
    )
    return run(["go", "run", "v.go"], folder, given)


def run(command: list[str], folder: Path, given: dict[str, Any]) -> str:
    done = subprocess.run(command, cwd=folder, input=json.dumps(given), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().lower()


@pytest.mark.parametrize(("case", "is_accepted"), CASES, ids=[case for case, _ in CASES])
@pytest.mark.parametrize("verify", [python, node, java, go])
def test_the_ten_lines_accept_what_is_signed_and_refuse_what_is_not(
    verify: Callable[[Path, dict[str, Any]], str], case: str, is_accepted: bool, tmp_path: Path
) -> None:
    program = {"python": "python3"}.get(verify.__name__, verify.__name__)
    if shutil.which(program) is None:
        pytest.skip(f"no {program} here")

    assert verify(tmp_path, message(case)) == str(is_accepted).lower()


def test_there_are_ten_lines_for_six_languages() -> None:
    assert all(snippet(language) for language in ("python", "js", "java", "go", "php", "csharp"))
