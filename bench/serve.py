"""One HTTP process on given cores: `python -m bench.serve <cores> <port> <module:app>`. The same server for every contender."""

import importlib
import os
import sys

import uvicorn


def main(cores: str, port: str, target: str) -> None:
    """Pin this process and serve until SIGTERM."""
    os.sched_setaffinity(0, {int(core) for core in cores.split(",")})
    module, _, name = target.partition(":")
    served = importlib.import_module(module)
    uvicorn.run(
        getattr(served, name),
        http=getattr(served, "http_protocol", "h11"),  # not httptools: an offered upgrade would smuggle requests
        h11_max_incomplete_event_size=65_536,
        ws="none",
        proxy_headers=False,
        host="127.0.0.1",
        port=int(port),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
