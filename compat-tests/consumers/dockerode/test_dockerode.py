"""dockerode, from npm: lists, creates, updates and removes. Needs node and npm, and its registry or a filled cache."""
import pathlib
import shutil
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A copy of this folder with dockerode installed in it."""
    if not shutil.which("npm") or not shutil.which("node"):
        pytest.skip("node or npm is not installed")
    folder = tmp_path_factory.mktemp("dockerode")
    for file in ("package.json", "check.js"):
        shutil.copy(HERE / file, folder)
    fetched = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"],
                             cwd=folder, capture_output=True, text=True, timeout=300)
    if fetched.returncode != 0:
        pytest.skip("npm could not get dockerode: " + fetched.stderr.strip().splitlines()[0][:200])
    return folder


def test_lists_creates_updates_and_removes(swarm, installed):
    done = subprocess.run(["node", "check.js", swarm.url.removeprefix("unix://")], cwd=installed, capture_output=True,
                          text=True, timeout=180)
    assert done.stdout.endswith("done\n"), done.stdout[-2000:] + done.stderr[-3000:]
