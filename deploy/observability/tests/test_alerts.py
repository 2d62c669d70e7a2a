"""Prometheus reads what it is given, every alert fires on what it is for, and each has its line in the runbook."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).parents[1]
PAGE = Path(__file__).parents[3] / "docs/operations.md"
RULES = yaml.safe_load((HERE / "alerts.yml").read_text())["groups"][0]["rules"]
DASHBOARD = json.loads((HERE / "grafana/dashboards/bakhong.json").read_text())

with_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not installed (Debian: apt install prometheus)"
)


def promtool(*arguments: str, folder: Path = HERE) -> str:
    done = subprocess.run(["promtool", *arguments], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@with_promtool
def test_every_alert_fires_on_what_it_is_for() -> None:
    assert "SUCCESS" in promtool("test", "rules", "alerts.test.yml")


@with_promtool
def test_prometheus_reads_its_configuration_and_every_query_of_the_dashboard(tmp_path: Path) -> None:
    (tmp_path / "alerts.yml").write_text((HERE / "alerts.yml").read_text())
    config = (HERE / "prometheus.yml").read_text().replace("/etc/prometheus/alerts.yml", "alerts.yml")
    (tmp_path / "prometheus.yml").write_text(config)
    promtool("check", "config", "prometheus.yml", folder=tmp_path)
    queries = [target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", [])]
    recorded = [{"record": f"query:{number}", "expr": query} for number, query in enumerate(queries)]
    (tmp_path / "queries.yml").write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": recorded}]}))
    promtool("check", "rules", "queries.yml", folder=tmp_path)


def test_every_alert_is_tried() -> None:
    tried = yaml.safe_load((HERE / "alerts.test.yml").read_text())["tests"]
    fired = {test["alert_rule_test"][0]["alertname"] for test in tried if test["alert_rule_test"][0]["exp_alerts"]}
    assert fired == {rule["alert"] for rule in RULES}


def test_every_alert_has_its_line_in_the_runbook_and_the_runbook_no_other() -> None:
    anchors = set(re.findall(r'<a id="([a-z]+)"></a>', PAGE.read_text()))
    assert anchors == {rule["alert"].lower() for rule in RULES}
    for rule in RULES:
        assert rule["annotations"]["runbook"] == f"docs/operations.md#{rule['alert'].lower()}"
        assert rule["labels"]["severity"] in (("heartbeat",) if rule["alert"] == "Watchdog" else ("page", "ticket"))


def test_the_dashboard_is_where_grafana_looks_for_it() -> None:
    source = yaml.safe_load((HERE / "grafana/provisioning/datasources/prometheus.yml").read_text())["datasources"][0]
    provider = yaml.safe_load((HERE / "grafana/provisioning/dashboards/bakhong.yml").read_text())["providers"][0]
    compose = yaml.safe_load((HERE.parents[1] / "docker-compose.yml").read_text())["services"]["grafana"]
    mounted = [volume.split(":")[1] for volume in compose["volumes"]]
    assert provider["options"]["path"] in mounted
    used = {target["datasource"]["uid"] for panel in DASHBOARD["panels"] for target in panel.get("targets", [])}
    assert used == {source["uid"]}


def test_every_process_of_the_stack_is_watched() -> None:
    jobs = yaml.safe_load((HERE / "prometheus.yml").read_text())["scrape_configs"]
    watched = {name for discovery in jobs[0]["dns_sd_configs"] for name in discovery["names"]}
    compose = yaml.safe_load((HERE.parents[1] / "docker-compose.yml").read_text())["services"]
    assert watched == {name for name in compose if name.endswith(("-api", "-worker"))}
    assert any(rule["alert"] == "ProcessMissing" and f"< {len(watched)}" in rule["expr"] for rule in RULES)
