"""What Helm makes of the chart, and whether a real API server accepts it. `make test-chart`.

Helm is `HELM` or on the path. A cluster is used where `KUBECONFIG` names one: a dry run by the server, which stores nothing.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.services import EVERY_PROCESS, SERVICE_NAMES, package_of

CHART = Path(__file__).parents[1]
SMALL = CHART / "examples/small.yaml"
HELM = os.environ.get("HELM") or shutil.which("helm")
KUBECTL = shutil.which("kubectl")
POD_KINDS = {"Deployment", "Job"}

pytestmark = [
    pytest.mark.chart,
    pytest.mark.skipif(HELM is None, reason="no Helm here: put it on the path, or name it in HELM"),
]


def helm(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(HELM), *arguments], capture_output=True, text=True)


def rendered(*arguments: str) -> list[dict[str, Any]]:
    """The objects of the chart with the small example; `arguments` are further ones for Helm."""
    done = helm("template", "bakhong", str(CHART), "--kube-version", "1.34.0", "--values", str(SMALL), *arguments)
    assert done.returncode == 0, done.stderr
    return [each for each in yaml.safe_load_all(done.stdout) if each]


@pytest.fixture(scope="module")
def objects() -> list[dict[str, Any]]:
    return rendered()


def of_kind(objects: list[dict[str, Any]], *kinds: str) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in objects if each["kind"] in kinds}


def test_the_linter_finds_nothing() -> None:
    done = helm("lint", str(CHART), "--strict", "--kube-version", "1.34.0", "--values", str(SMALL))
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_service_has_its_processes_and_its_migration_before_them(objects: list[dict[str, Any]]) -> None:
    roles = ("api", "worker")
    assert set(of_kind(objects, "Deployment")) == {f"bakhong-{name}-{role}" for name in EVERY_PROCESS for role in roles}
    jobs = of_kind(objects, "Job")
    assert set(jobs) == {f"bakhong-{name}-migrate" for name in EVERY_PROCESS}
    assert {job["metadata"]["annotations"]["helm.sh/hook"] for job in jobs.values()} == {"pre-install,pre-upgrade"}


def test_every_pod_runs_without_root_within_limits_on_a_file_system_that_it_cannot_write(
    objects: list[dict[str, Any]],
) -> None:
    for each in of_kind([*objects, *rendered(*WITH_JOURNEYS)], *POD_KINDS).values():
        pod = each["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        for container in pod["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert container["resources"]["requests"].keys() == {"cpu", "memory"}
            assert "memory" in container["resources"]["limits"]


def test_only_the_migrations_see_the_account_that_makes_roles(objects: list[dict[str, Any]]) -> None:
    for name, each in of_kind(objects, *POD_KINDS).items():
        assert ("bakhong-database-admin" in json.dumps(each)) is (each["kind"] == "Job"), name


def test_no_object_holds_a_secret(objects: list[dict[str, Any]]) -> None:
    assert not of_kind(objects, "Secret")


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("settings.PII_KEYS=k1:AAAA", "PII_KEYS"),
        ("settings.KAFKA_SASL_PASSWORD=guess", "KAFKA_SASL_PASSWORD"),
        ("settings.PUBLIC_URL=http://3khong.example.vn", "PUBLIC_URL"),
        ("settings.ENVIRONMENT=production", "OIDC_ISSUER"),
        ("settings.KAFKA_BOOTSTRAP_SERVERS=", "KAFKA_BOOTSTRAP_SERVERS"),
        ("services.treasury.calls=null", "treasury"),
        ("image.tag=latest", "tag"),
        ("api.minReplicas=0", "minReplicas"),
        ("networkPolicy.database.to=null", "database"),
    ],
)
def test_a_wrong_value_is_refused_by_name(setting: str, expected: str) -> None:
    done = helm("template", "bakhong", str(CHART), "--kube-version", "1.34.0", "--values", str(SMALL), "--set", setting)
    assert done.returncode != 0
    assert expected in done.stderr


def test_workers_never_outnumber_the_partitions() -> None:
    scaled = of_kind(
        rendered("--set", "worker.maxReplicas=50", "--set-string", "settings.KAFKA_PARTITIONS=24"), "ScaledObject"
    )
    assert {each["spec"]["maxReplicaCount"] for each in scaled.values()} == {24}


def test_without_keda_the_number_of_workers_is_fixed() -> None:
    objects = rendered("--set", "keda.enabled=false", "--set", "services.reporting.worker.minReplicas=3")
    assert not of_kind(objects, "ScaledObject", "TriggerAuthentication")
    workers = {
        name: each["spec"]["replicas"] for name, each in of_kind(objects, "Deployment").items() if "worker" in name
    }
    assert workers == {f"bakhong-{name}-worker": 3 if name == "reporting" else 1 for name in EVERY_PROCESS}


def test_the_ingress_serves_the_public_address_with_its_certificate() -> None:
    (ingress,) = of_kind(rendered("--set", "ingress.enabled=true"), "Ingress").values()
    assert ingress["spec"]["tls"] == [{"hosts": ["3khong.example.vn"], "secretName": "bakhong-tls"}]
    assert ingress["spec"]["rules"][0]["host"] == "3khong.example.vn"


def test_the_journeys_are_off_until_they_are_wanted(objects: list[dict[str, Any]]) -> None:
    assert not [name for kind in objects if "journeys" in (name := kind["metadata"]["name"])]


WITH_JOURNEYS = ("--set", "journeys.enabled=true", "--set", "ingress.enabled=true")


def test_the_journeys_run_beside_the_services_and_reach_nothing_but_them() -> None:
    objects = rendered(*WITH_JOURNEYS, "--set", "networkPolicy.metricsFrom[0].podSelector.matchLabels.app=prometheus")
    pod = of_kind(objects, "Deployment")["bakhong-journeys"]["spec"]["template"]
    (container,) = pod["spec"]["containers"]
    values = {each["name"]: each["value"] for each in container["env"]}
    assert container["command"] == ["python", "-m", "deploy.journeys"]
    assert (
        container["image"]
        == of_kind(objects, "Deployment")["bakhong-gateway-api"]["spec"]["template"]["spec"]["containers"][0]["image"]
    )
    assert values["JOURNEYS_URL"] == "http://bakhong-gateway-api:8000"
    assert {f"{package_of(name).upper()}_URL" for name in SERVICE_NAMES} <= set(values)
    assert not {name for name in values if name.startswith(("DATABASE", "KAFKA", "PII"))}
    assert "bakhong-shared" not in json.dumps(pod)
    labels = pod["metadata"]["labels"]
    policies = of_kind(objects, "NetworkPolicy")
    assert not selects(policies["bakhong-every-process"], labels)  # no way to PostgreSQL
    assert not selects(policies["bakhong-kafka"], labels)
    assert selects(policies["bakhong-nothing"], labels)
    assert selects(policies["bakhong-journeys"], labels)
    for name in EVERY_PROCESS:
        called = of_kind(objects, "Deployment")[f"bakhong-{name}-api"]["spec"]["template"]["metadata"]["labels"]
        assert selects(policies["bakhong-journeys-calls"], called), name


def selects(policy: dict[str, Any], labels: dict[str, str]) -> bool:
    selector = policy["spec"]["podSelector"]
    expressions = {
        "In": lambda each: labels.get(each["key"]) in each["values"],
        "NotIn": lambda each: labels.get(each["key"]) not in each["values"],
        "Exists": lambda each: each["key"] in labels,
    }
    return selector.get("matchLabels", {}).items() <= labels.items() and all(
        expressions[each["operator"]](each) for each in selector.get("matchExpressions", [])
    )


def test_the_public_state_comes_from_the_journeys_and_everything_else_from_the_gateway() -> None:
    objects = rendered(*WITH_JOURNEYS)
    (ingress,) = of_kind(objects, "Ingress").values()
    paths = {each["path"]: each["backend"]["service"] for each in ingress["spec"]["rules"][0]["http"]["paths"]}
    assert paths == {
        "/status": {"name": "bakhong-journeys", "port": {"name": "status"}},
        "/": {"name": "bakhong-gateway-api", "port": {"name": "http"}},
    }
    service = of_kind(objects, "Service")["bakhong-journeys"]["spec"]
    pod = of_kind(objects, "Deployment")["bakhong-journeys"]["spec"]["template"]
    assert service["selector"].items() <= pod["metadata"]["labels"].items()
    ports = {each["name"]: each["containerPort"] for each in pod["spec"]["containers"][0]["ports"]}
    assert ports[service["ports"][0]["targetPort"]] == 8080
    without = of_kind(rendered("--set", "ingress.enabled=true"), "Ingress")["bakhong"]["spec"]["rules"][0]["http"][
        "paths"
    ]
    assert [each["path"] for each in without] == ["/"]


def test_the_history_of_service_levels_may_outlive_its_pod() -> None:
    kept = rendered(*WITH_JOURNEYS, "--set", "journeys.historyClaim=bakhong-status")
    volumes = of_kind(kept, "Deployment")["bakhong-journeys"]["spec"]["template"]["spec"]["volumes"]
    assert {"name": "status", "persistentVolumeClaim": {"claimName": "bakhong-status"}} in volumes


def test_the_server_takes_every_object() -> None:
    if not os.environ.get("KUBECONFIG") or KUBECTL is None:
        pytest.skip("no cluster: KUBECONFIG names none, or kubectl is missing")
    text = yaml.dump_all(without_kinds_that_the_cluster_lacks(rendered(*WITH_JOURNEYS)))
    command = [
        str(KUBECTL),
        "apply",
        "--server-side",
        "--dry-run=server",
        "--force-conflicts",
        "--field-manager=test-chart",
        "--validate=strict",
        "-f",
        "-",
    ]
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def without_kinds_that_the_cluster_lacks(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """KEDA's kinds only where its definitions are installed."""
    known = subprocess.run(
        [str(KUBECTL), "api-resources", "--no-headers"], capture_output=True, text=True, check=True
    ).stdout
    return [each for each in objects if "keda.sh" not in each["apiVersion"] or "keda.sh" in known]
