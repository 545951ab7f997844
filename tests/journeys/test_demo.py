"""A whole edition on one command: the same list on every database and in every run, and nothing broken at the end."""

from __future__ import annotations

import pytest
from flask import Flask

from app.cli import print_result
from app.demo.story import STAGES
from tests.support.data import data_file
from tests.support.databases import run_command

TODAY = "2026-05-08"
EARLY_STAGES = [stage.key for stage in STAGES if stage.key not in ("scoring", "result")]
AFTER_NATIONAL_DAY = "2026-10-21"


@pytest.mark.databases
@pytest.mark.demo("result")
def test_the_edition_runs_to_its_golden_result_and_the_doctor_finds_nothing(
    app_context: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    print_result()
    assert capsys.readouterr().out == data_file("demo-all.txt")
    run_command(app_context, "doctor")


@pytest.mark.slow
def test_one_command_runs_the_edition_and_prints_its_result(app: Flask) -> None:
    printed = run_command(app, "demo", "--all", "--today", TODAY)
    assert printed[printed.index("第四届山西省质量奖　最终排名") :] == data_file("demo-all.txt")


def test_a_second_demo_is_refused_and_changes_nothing(app: Flask) -> None:
    run_command(app, "demo", "--stage", "edition", "--today", TODAY)
    refused = app.test_cli_runner().invoke(args=["demo", "--stage", "edition"])
    assert refused.exit_code == 1
    assert "只能装入空库" in refused.output
    assert run_command(app, "demo", "--if-empty") == ""


def test_an_unknown_stage_names_the_stages(app: Flask) -> None:
    refused = app.test_cli_runner().invoke(args=["demo", "--stage", "summer"])
    assert refused.exit_code == 1
    assert "summer" in refused.output
    assert "scoring" in refused.output


@pytest.mark.slow
@pytest.mark.parametrize("stage", EARLY_STAGES)
def test_every_stage_leaves_a_healthy_database(app: Flask, stage: str) -> None:
    run_command(app, "demo", "--stage", stage, "--today", TODAY)
    run_command(app, "doctor")


def test_a_holiday_in_a_notice_of_the_story_does_not_stop_it(app: Flask) -> None:
    run_command(app, "demo", "--stage", "formal_check", "--today", AFTER_NATIONAL_DAY)
