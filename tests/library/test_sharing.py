def test_a_draft_is_proposed_a_title_and_published(services, session, make):
    organisation = make.organisation("Village Light")
    editor = make.member(organisation)
    resource = make.resource(services.files, editor, organisation)
    assert resource.is_published
    assert resource.reference == "R-0001"
