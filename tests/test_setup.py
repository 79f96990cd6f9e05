"""What a fresh clone is set up from: one list of versions, and a README that is true."""

import re
import tomllib

from exercise_lib import paths

PINNED = re.compile(r"^[a-z0-9._-]+==[^\s;]+( ; .+)?$")


def read(name):
    return (paths.REPOSITORY / name).read_text(encoding="utf-8")


def requirements(name="requirements.txt"):
    lines = read(name).splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def names_in(dependencies):
    return {re.split(r"[<>=]", dependency)[0] for dependency in dependencies}


def test_everything_installed_is_pinned_and_the_library_is_editable():
    assert requirements()[0] == "-e ."
    assert all(PINNED.match(line) for line in requirements()[1:])
    assert all(PINNED.match(line) for line in requirements("tests/requirements.txt"))


def test_every_dependency_of_the_library_is_in_the_list():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    installed = names_in(requirements())
    assert names_in(project["dependencies"]) <= installed
    added = names_in(requirements("tests/requirements.txt"))
    assert names_in(project["optional-dependencies"]["test"]) <= installed | added
    assert not installed & added


def test_conda_reads_the_same_list():
    assert "- -r requirements.txt" in read("environment.yml")


def test_links_of_the_readme_lead_somewhere():
    links = re.findall(r"\]\(([^)#]+)\)", read("README.md"))
    assert links
    for link in links:
        assert link.startswith("https://") or (paths.REPOSITORY / link).exists(), link


def test_targets_of_the_readme_exist():
    makefile = read("Makefile")
    targets = set(re.findall(r"(?:^|`)make ([a-z]+)", read("README.md"), re.MULTILINE))
    assert {"lab", "test"} <= targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_variables_of_the_readme_are_read_somewhere():
    library = "".join(
        file.read_text("utf-8") for file in paths.REPOSITORY.glob("exercise_lib/**/*.py")
    )
    named = set(re.findall(r"EXERCISE_[A-Z]+", read("README.md")))
    assert named == set(re.findall(r"EXERCISE_[A-Z]+", library))


def test_every_notebook_is_in_the_readme():
    for notebook in paths.SOLUTIONS.glob("*.ipynb"):
        assert f"notebooks/{notebook.name}" in read("README.md")
