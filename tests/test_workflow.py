"""The jobs on other machines: which systems, processors and versions they cover."""

import re

import pytest
import yaml

from exercise_lib import paths

FILE = paths.REPOSITORY / ".github" / "workflows" / "test.yml"
ARM = {"ubuntu-24.04-arm", "macos-latest"}


@pytest.fixture(scope="module")
def workflow():
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def jobs(workflow):
    return workflow["jobs"]


def commands(job):
    return "\n".join(step.get("run", "") for step in job["steps"])


def test_it_runs_for_each_change_and_weekly(workflow):
    events = workflow[True]  # YAML reads the word "on" as true.
    assert {"push", "pull_request", "schedule"} <= set(events)
    assert re.fullmatch(r"\d+ \d+ \* \* \d", events["schedule"][0]["cron"])


def test_three_systems_and_processors_of_two_makes(jobs):
    systems = set(jobs["test"]["strategy"]["matrix"]["os"])
    assert {system.partition("-")[0] for system in systems} == {"ubuntu", "macos", "windows"}
    assert systems & ARM
    assert systems - ARM


def test_every_python_that_the_library_allows(jobs):
    matrix = jobs["test"]["strategy"]["matrix"]
    pythons = {*matrix["python"], *(entry["python"] for entry in matrix["include"])}
    assert pythons == {"3.11", "3.12", "3.13"}
    allowed = (paths.REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    assert 'requires-python = ">=3.11,<3.14"' in allowed


def test_newest_and_lowest_versions_weekly(jobs):
    job = jobs["versions"]
    resolutions = {entry["resolution"] for entry in job["strategy"]["matrix"]["include"]}
    assert resolutions == {"highest", "lowest-direct"}
    assert "schedule" in job["if"]
    assert "--resolution ${{ matrix.resolution }} --extra test pyproject.toml" in commands(job)
    assert "requirements.txt" not in commands(job)  # Its pins cannot rot.


def test_condas_environment_weekly(jobs):
    [miniconda] = [step["with"] for step in jobs["conda"]["steps"] if "with" in step]
    environment = yaml.safe_load((paths.REPOSITORY / "environment.yml").read_text("utf-8"))
    assert miniconda["environment-file"] == "environment.yml"
    assert miniconda["activate-environment"] == environment["name"]
    assert "schedule" in jobs["conda"]["if"]


def test_every_job_validates(jobs):
    for name, job in jobs.items():
        assert re.search("make test|python -m tests.validate", commands(job)), name
        assert job["timeout-minutes"] <= 120


def test_ci_runs_a_jitter_beside_the_default():
    lines = (paths.REPOSITORY / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert "make test" in lines
    assert 'make test-rounding ARGS="jitter --draws 1"' in lines


def test_make_knows_what_is_called(jobs):
    makefile = (paths.REPOSITORY / "Makefile").read_text(encoding="utf-8")
    called = "\n".join(map(commands, jobs.values()))
    for target in re.findall(r"make ([a-z-]+)", called):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
