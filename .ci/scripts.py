"""Writes each script of some workflows to a file of its own, for shellcheck: DIRECTORY WORKFLOW..."""

import pathlib
import sys

from ruamel.yaml import YAML

directory = pathlib.Path(sys.argv[1])
directory.mkdir(parents=True)


def write(name, text):
    (directory / f"{name}.sh").write_text("#!/usr/bin/env bash\nset -eo pipefail\n" + text + "\n")


for file in sys.argv[2:]:
    workflow = YAML(typ="safe").load(pathlib.Path(file))
    stem = pathlib.Path(file).stem.strip(".")
    # A workflow of GitHub, an action, or else jobs of GitLab.
    steps = {name: job["steps"] for name, job in workflow.get("jobs", {}).items()}
    if "runs" in workflow:
        steps = {"action": workflow["runs"]["steps"]}
    for name, of_job in steps.items():
        for index, step in enumerate(of_job):
            if "run" in step:
                write(f"{stem}-{name}-{index}", step["run"])
    if not steps:
        before = workflow["default"]["before_script"]
        for name, job in workflow.items():
            if isinstance(job, dict) and "script" in job:
                write(f"{stem}-{name}", "\n".join(before + job["script"]))
                write(f"{stem}-{name}-after", "\n".join(job.get("after_script", [])))
