"""Who may act for whom, what it takes, and who pays nothing."""

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


async def draft(client, world, code="2.000635", **body):
    return await client.post("/v1/dossiers", json={"procedure_code": code, "resident_id": str(world.binh), **body})


async def test_an_extract_for_another_person_needs_an_authorisation(binh, world):
    opened = (await draft(binh, world, subject_id=str(world.lan))).json()
    assert opened["missing"] == ["relation", "extract_kind"]
    assert opened["missing_documents"] == ["authorisation"]
    typed = {"relation": "spouse", "extract_kind": "birth"}
    await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": typed})

    refused = await binh.post(f"/v1/dossiers/{opened['id']}/submit")
    await binh.post(f"/v1/dossiers/{opened['id']}/attachments", files={"file": ("a.pdf", PDF)})
    accepted = await binh.post(f"/v1/dossiers/{opened['id']}/submit")

    assert [error["pointer"] for error in refused.json()["errors"]] == ["/attachments/authorisation"]
    assert accepted.json()["fee"]["amount"] == 8_000


async def test_the_exempt_pay_nothing_and_prove_it(binh, world, published):
    from contracts.casework import DossierFeeRequested

    opened = (await draft(binh, world, copies=5)).json()
    typed = {"extract_kind": "birth", "fee_exemption": "poor_household"}
    filled = (await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": typed})).json()
    assert filled["missing_documents"] == ["exemption_proof"]
    await binh.post(f"/v1/dossiers/{opened['id']}/attachments", files={"file": ("a.pdf", PDF)})

    submitted = (await binh.post(f"/v1/dossiers/{opened['id']}/submit")).json()

    assert (submitted["fee"]["amount"], submitted["fee"]["status"]) == (0, "none")
    assert await published(DossierFeeRequested) == []


async def test_the_procedure_decides_who_may_act_on_behalf_of_another(binh, officer, world):
    family = await draft(binh, world, "1.001776", on_behalf_of=str(world.lan))
    stranger = await draft(binh, world, "1.001776", on_behalf_of=str(world.cuong))
    seen_by_an_officer = await draft(officer, world, "1.001776", on_behalf_of=str(world.cuong))
    marriage = await draft(officer, world, "1.000894", on_behalf_of=str(world.lan))

    assert family.status_code == 201
    assert family.json()["subject_id"] == str(world.lan)
    assert (stranger.status_code, stranger.json()["errors"][0]["pointer"]) == (422, "/on_behalf_of")
    assert seen_by_an_officer.status_code == 201
    assert marriage.status_code == 422


async def test_a_resident_cannot_register_their_own_death_or_burial(binh, world):
    for code in ("1.000656", "1.001731"):
        answer = await draft(binh, world, code, subject_id=str(world.binh))
        assert answer.status_code == 422
        assert answer.json()["type"] == "/problems/may-not-represent"


async def test_a_form_has_fields_about_applicant_and_subject(officer, world):
    opened = (await draft(officer, world, "1.000894", subject_id=str(world.lan))).json()

    assert opened["fields"]["partner_full_name"]["value"] == "Lê Thị Thử Lan"
    assert opened["fields"]["full_name"]["value"] == "Nguyễn Văn Thử Bình"
