"""A class name has one meaning in the whole repository, so that a search for it leads to one place."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]

SAME_MEANING = {
    "a service's copy of what another service keeps": (
        "Agreement Consent IdentityLink KnownDossier KnownOrganization KnownPartner KnownResident Licence Representation"
    ),
    "what an event carries, and its table": "CampaignStep TeamMember TrainingAccount CampaignEvaluation CampaignPlan",
    "the same part of each service": "Table Grant ImportRejection ImportRow ImportView ImportWarning MakerIsChecker",
    "the protocol and what fulfils it": "Finding",
    "a finding as a client sees it, of a table and of a dossier": "FindingView",
}


def _defined() -> dict[str, list[Path]]:
    """The files in which each class of the product is defined."""
    found: dict[str, list[Path]] = defaultdict(list)
    for folder in ("libs", "services", "gateway", "deploy"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "tests" not in path.parts and ".venv" not in path.parts:
                for node in ast.parse(path.read_text()).body:
                    if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                        found[node.name].append(path.relative_to(ROOT))
    return found


def test_a_class_name_stands_for_one_thing() -> None:
    twice = {name: paths for name, paths in _defined().items() if len(paths) > 1}
    allowed = {name for names in SAME_MEANING.values() for name in names.split()}

    assert {name: paths for name, paths in twice.items() if name not in allowed} == {}
    assert allowed - twice.keys() == set()
