"""A JupyterLab server and a browser, or the reason why there is none."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from exercise_lib import paths

TOKEN = "workshop"
START_SECONDS = 90
# Render every cell, also those out of sight, so that a picture of the page holds them all.
SETTINGS = {"tracker": {"windowingMode": "none"}}
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Serve copies of the notebooks, with settings of its own; yields the address."""
    root = tmp_path_factory.mktemp("lab")
    for folder in ("notebooks", "solutions"):
        shutil.copytree(paths.REPOSITORY / folder, root / folder)
    settings = root / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    for name, values in SETTINGS.items():
        (settings / f"{name}.jupyterlab-settings").write_text(json.dumps(values))
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(
        server_command(root, port),
        env=server_environment(root),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            wait_for(address, process)
            yield address
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def browser():
    """A headless chromium; skips where there is none."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="tests/browser/requirements.txt is not installed"
    )
    if CHROMIUM is None:
        pytest.skip("there is no chromium on this machine")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_OPTIONS))
        yield browser
        browser.close()


@pytest.fixture
def screenshots(tmp_path):
    """The folder for pictures: BROWSER_SCREENSHOTS, or a temporary one."""
    folder = Path(os.environ.get("BROWSER_SCREENSHOTS", tmp_path)).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def server_command(root, port):
    return [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *(f"--port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={root}"),
        *(f"--IdentityProvider.token={TOKEN}", "--expose-app-in-browser"),
        *(f"--LabApp.user_settings_dir={root / 'settings'}", "--LabApp.news_url=None"),
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]


def server_environment(root):
    own = {"EXERCISE_MODEL": "imagenet200", "JUPYTER_CONFIG_DIR": str(root / "config")}
    own |= {"JUPYTER_RUNTIME_DIR": str(root / "runtime"), "IPYTHONDIR": str(root / "ipython")}
    return {**os.environ, **own}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address, process):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "JupyterLab did not start"
        try:
            if requests.get(f"{address}/api?token={TOKEN}", timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.5)
    raise TimeoutError(f"JupyterLab did not answer within {START_SECONDS} s")
