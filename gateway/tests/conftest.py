"""The folder and the package share the name `gateway`, so pytest's importlib mode takes the folder for it."""

from pathlib import Path

import gateway

PACKAGE = str(Path(__file__).parents[1] / "gateway")
if PACKAGE not in list(gateway.__path__):
    gateway.__path__.append(PACKAGE)
