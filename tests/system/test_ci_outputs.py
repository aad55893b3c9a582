# SPDX-License-Identifier: Apache-2.0
"""What a CI job sees: annotations on standard output, the job summary beside them."""
from scanning import DEMO_ASSETS, cmekscan, environment

SCAN = ("scan", "--assets", DEMO_ASSETS)


def step(path):
    return environment(GITHUB_STEP_SUMMARY=str(path))


def test_a_github_step_gets_annotations_and_a_job_summary(tmp_path):
    summary = tmp_path / "summary.md"
    summary.write_text("# An earlier line of this step\n")
    run = cmekscan(*SCAN, "--report", "github", env=step(summary))
    assert run.status == 1
    assert run.stdout.count("::error ") == 10
    text = summary.read_text()
    assert text.startswith("# An earlier line of this step\n<!-- cmekscan -->\n## CMEK compliance: ")
    assert text.count("| `cmek-required` |") > 10
    assert list(tmp_path.iterdir()) == [summary]


def test_a_summary_that_the_user_asked_for_stands_alone(tmp_path):
    summary = tmp_path / "summary.md"
    run = cmekscan(*SCAN, "--report", "github", "--report", f"json={summary}", env=step(summary))
    assert run.status == 1
    assert summary.read_text().startswith("{")


def test_other_reports_leave_the_job_summary_alone(tmp_path):
    summary = tmp_path / "summary.md"
    assert cmekscan(*SCAN, "--report", "markdown", env=step(summary)).status == 1
    assert not summary.exists()


def test_a_job_summary_that_cannot_be_written_is_said(tmp_path):
    run = cmekscan(*SCAN, "--report", "github", env=step(tmp_path / "missing" / "summary.md"))
    assert run.status == 4
    assert "summary.md" in run.last_line
