"""The tags of the operations: what each group is about, in the order of the document, and the groups of tags."""

from typing import Any

GROUPS: dict[str, dict[str, str]] = {
    "People and organizations": {
        "residents": "Residents (công dân): registered once, found by number, prefilled into forms.",
        "organizations": "Enterprises, household businesses and cooperatives (doanh nghiệp, hộ kinh doanh, hợp tác xã).",
        "rights": "What a person may see, correct, consent to and export under the law on personal data.",
        "duplicates": "Two records of one person: candidates, merging, undoing a merge.",
        "imports": "Lists of a commune or a partner (CSV, XLSX): upload, progress, rejected cells, undo.",
        "linked databases": "The national and provincial databases that prefill is read from (cơ sở dữ liệu chuyên ngành).",
        "unmatched events": "Messages of partners about a person whom the registry does not know yet.",
        "breaches": "The register of personal data breaches and their notification (72 hours).",
        "integrity": "Proof that the access log was not changed.",
    },
    "Administrative units": {
        "units": "Province, communes, villages (đơn vị hành chính, thôn, tổ dân phố) on any day, with successors.",
        "moves": "Residents who move between communes: request of the new commune, decision of the old one.",
    },
    "The six steps": {
        "onboarding": "A resident's steps from VNeID to the payment account (nền tảng số), work offline, lists of partners.",
        "signature lists": "Lists of residents for whom a provider issues digital signatures (chữ ký số).",
    },
    "Carrying out the model": {
        "campaigns": "Plans of a commune or district (kế hoạch): steps, tasks, filings, models, communications.",
        "teams": "Implementation teams and community digital technology teams (tổ công nghệ số cộng đồng).",
        "sessions": "Conferences, trainings and drives with attendance (hội nghị, tập huấn, ra quân).",
    },
    "Payments without cash": {
        "merchants": "Points that take payments (điểm thanh toán): market stalls, shops, utilities, public services.",
        "qr-codes": "VietQR codes: static, dynamic, and codes of others.",
        "bills": "Electricity, water and other bills (hóa đơn), and the customer codes of a resident.",
        "payments": "Payments that providers announced, and those that fit nothing.",
        "settlements": "A partner's file of a day compared with the record (đối soát).",
        "banks": "Banks, wallets and Mobile Money with their BIN.",
    },
    "Procedures": {
        "procedures": "Administrative procedures (thủ tục hành chính) and the services that a unit chose.",
        "dossiers": "Dossiers (hồ sơ): draft, prefill, papers, submission, decisions, results, tracking.",
        "feedback": "Reflections and suggestions of people (phản ánh, kiến nghị) and their answers.",
        "documents": "Official documents between agencies and people (văn bản), and edXML.",
        "incidents": "Failures of portal, one-stop shop, app and network (sự cố).",
    },
    "Figures": {"reports": "Progress, trends, ranking, forecasts and exports; the public sees no count under 5."},
    "Signing in": {
        "tokens": "Tokens: development sign-in, client credentials of partners.",
        "representatives": "Who acts for whom (người đại diện): guardians, persons with consent, owners of organizations.",
        "identity": "The signed-in person: links to the resident, registrations, representatives (đại diện).",
        "vocabularies": "Codes with their Vietnamese and English names.",
        "notifications": "Messages of the platform to a person, their preferences and devices.",
    },
    "Partners and operation": {
        "partners": "Banks, telecoms, wallets, portals and apps: secrets, agreements, licences, deliveries.",
        "webhooks": "Events that partners send here (Standard Webhooks 1.0).",
        "events": "Events of the platform for partners and apps, to pull, and their types.",
        "subscriptions": "Events that the platform sends to partners: subscriptions, deliveries, replays.",
        "platform": "Dead letters, administrative acts and settings, for operators.",
    },
}


def tags_of(document: dict[str, Any]) -> dict[str, Any]:
    """`tags` and `x-tagGroups` of a document: those that its operations use."""
    used = {
        tag for item in document["paths"].values() for operation in item.values() for tag in operation.get("tags", ())
    }
    undeclared = sorted(used - {tag for tags in GROUPS.values() for tag in tags})
    groups = GROUPS | ({"More": dict.fromkeys(undeclared, "")} if undeclared else {})
    kept = {group: {tag: text for tag, text in tags.items() if tag in used} for group, tags in groups.items()}
    return {
        "tags": [{"name": tag, "description": text or tag} for tags in kept.values() for tag, text in tags.items()],
        "x-tagGroups": [{"name": group, "tags": list(tags)} for group, tags in kept.items() if tags],
    }
