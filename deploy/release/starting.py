"""Starting a release, and going back to the one before."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping

import httpx

from contracts.services import EVERY_PROCESS
from deploy.backup.server import NotDone
from deploy.observability.receivers import write_receivers
from deploy.preflight.checks import SECRETS, findings
from deploy.preflight.stack import SETTINGS_FILE, read_settings
from deploy.release.kept import Kept
from deploy.release.version import ROOT, read_tag, this_release
from deploy.secrets.__main__ import main as make_secrets
from deploy.setup.finishing import finish, is_wanted


def up() -> Iterator[str]:
    """Checks, makes missing secrets, builds and starts this release; NotDone with every sentence when a check fails."""
    settings = read_settings()
    if found := list(findings(settings)):
        raise NotDone("\n".join([*map(str, found), "Nothing was changed."]))
    make_secrets(domain=settings.get("DOMAIN") or "localhost")
    whom_alerts_reach = write_receivers(settings)
    kept = Kept.of(settings).starting(this_release().tag)
    kept.write(SETTINGS_FILE)
    _docker("compose", "up", "--build", "--detach", "--wait", "--remove-orphans", version=kept.now)
    kept = kept.came_up()
    kept.write(SETTINGS_FILE)
    remove_images(kept)
    yield from _finish_set_up(settings)
    yield f"release {kept.now} runs" + (f"; make rollback goes back to {kept.before}" if kept.before else "")
    yield from whom_alerts_reach


def _finish_set_up(settings: Mapping[str, str]) -> Iterator[str]:
    """The first operator and the first partner, where `python -m deploy.setup` was used and they are not there yet."""
    if not is_wanted(settings):
        return
    try:
        yield from finish(settings, SECRETS)
    except (httpx.HTTPError, OSError) as reason:
        yield f"The stack runs, the set-up could not be finished ({reason}): python -m deploy.setup finish tries again."


def rollback() -> Iterator[str]:
    """Starts the release before, with its images and its files; what the newer one stored stays."""
    began = time.monotonic()
    kept = Kept.of(read_settings())
    target = kept.before
    if target is None:
        raise NotDone("No release before this one was started here: there is nothing to go back to.")
    if missing := [image for image in images_of(target) if not _is_there(image)]:
        raise NotDone(f"The images of {target} are gone ({', '.join(missing)}): check its commit out and run make up.")
    yield from _check_out(target)
    kept.went_back().write(SETTINGS_FILE)
    _docker("compose", "up", "--no-build", "--detach", "--wait", "--remove-orphans", version=target)
    yield f"release {target} runs again after {time.monotonic() - began:.0f} s; everything that was accepted is there"


def images_of(tag: str) -> list[str]:
    """The images of a release that must be there; services that it did not have yet are left out by their absence of files."""
    commit = (release := read_tag(tag)) and release.commit
    names = [name for name in EVERY_PROCESS if commit is None or _has(commit, name)]
    return [f"bakhong/{name}:{tag}" for name in names]


def remove_images(kept: Kept) -> None:
    """Remove images of releases before the two that are kept; those that something still uses stay."""
    listed = subprocess.run(
        ["docker", "image", "ls", "--filter", "reference=bakhong/*", "--format", "{{.Repository}}:{{.Tag}}"],
        capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    for image in listed:
        tag = image.rpartition(":")[2]
        if read_tag(tag) and tag not in kept.tags:
            subprocess.run(["docker", "image", "rm", image], capture_output=True)


def _has(commit: str, name: str) -> bool:
    """Whether a release had this service; where there is no repository that is not known, and it counts as had."""
    folder = name if name == "gateway" else f"services/{name}"
    answer = subprocess.run(["git", "-C", str(ROOT), "cat-file", "-e", f"{commit}:{folder}"], capture_output=True)
    known = subprocess.run(["git", "-C", str(ROOT), "cat-file", "-e", commit], capture_output=True)
    return answer.returncode == 0 or known.returncode != 0


def _is_there(image: str) -> bool:
    return subprocess.run(["docker", "image", "inspect", image], capture_output=True).returncode == 0


def _check_out(tag: str) -> Iterator[str]:
    """The files of the release: Compose file, proxy, alerts. The operator's own (.env, secrets) are in no release."""
    release = read_tag(tag)
    if release is None or release.commit == "nogit":
        yield "There is no repository here: the files of the newer release stay, only the images go back."
        return
    done = subprocess.run(
        ["git", "-C", str(ROOT), "checkout", "--quiet", "--detach", release.commit], capture_output=True, text=True
    )
    if done.returncode != 0:
        raise NotDone(f"git cannot check {release.commit} out: {done.stderr.strip()}")


def _docker(*arguments: str, version: str) -> None:
    """Runs with its output shown: building and waiting take minutes."""
    done = subprocess.run(["docker", *arguments], cwd=ROOT, env=os.environ | {"VERSION": version})
    if done.returncode != 0:
        raise NotDone(f"docker {' '.join(arguments[:2])} ended with {done.returncode}; see docker compose ps -a")
