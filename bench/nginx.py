"""nginx as a bare proxy and as an upstream, on one core, from a configuration of our own."""

import contextlib
import os
import subprocess
from collections.abc import Iterator

from bench.contenders.small import BODY
from bench.machine import find_tool
from bench.stage import Stage, is_ready, wait_for
from deploy.local.ports import free_port

PROXY = """
    upstream served { server 127.0.0.1:%d; keepalive 64; }
    server {
        listen 127.0.0.1:%d;
        location / { proxy_pass http://served; proxy_http_version 1.1; proxy_set_header Connection ""; }
    }
"""
DOCUMENT = """
    server {
        listen 127.0.0.1:%d;
        location / { default_type application/json; return 200 '%s'; }
    }
"""
FRAME = """
daemon off; worker_processes 1; pid %s/nginx.pid; error_log %s/error.log warn;
events { worker_connections 1024; }
http {
    access_log off; keepalive_requests 1000000; keepalive_timeout 75;
    client_body_temp_path %s; proxy_temp_path %s; fastcgi_temp_path %s; uwsgi_temp_path %s; scgi_temp_path %s;
%s
}
"""


@contextlib.contextmanager
def proxying(stage: Stage, upstream: int) -> Iterator[int]:
    """nginx `proxy_pass` to a port, on the measured core; its own port."""
    port = free_port()
    with _running(stage, "proxy", PROXY % (upstream, port), port, stage.cores.measured):
        yield port


@contextlib.contextmanager
def answering(stage: Stage) -> Iterator[int]:
    """nginx with one small document, on the generator's core; its port."""
    port = free_port()
    with _running(stage, "document", DOCUMENT % (port, BODY.decode()), port, stage.cores.generator):
        yield port


@contextlib.contextmanager
def _running(stage: Stage, name: str, servers: str, port: int, cores: frozenset[int]) -> Iterator[None]:
    folder = stage.folder / f"nginx-{name}"
    folder.mkdir(exist_ok=True)
    temporary = [str(folder / kind) for kind in ("body", "proxy", "fastcgi", "uwsgi", "scgi")]
    text = FRAME % (folder, folder, *temporary, servers)
    if os.geteuid() == 0:
        text = "user root;\n" + text
    (folder / "nginx.conf").write_text(text)
    program = find_tool("nginx")
    assert program is not None
    pinned = ["taskset", "-c", ",".join(map(str, sorted(cores)))]
    process = subprocess.Popen([*pinned, program, "-c", str(folder / "nginx.conf"), "-p", str(folder)])
    try:
        wait_for(lambda: is_ready(f"http://127.0.0.1:{port}/healthz"), 10, "nginx")
        yield
    finally:
        process.terminate()
        process.wait()
