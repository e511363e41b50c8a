"""Turns a text, Markdown, HTML or Word file into the parts of a guide: `readers.read_guide(path)`.

    file -> readers -> elements (plain_text or markup) -> lists -> titles -> structure (with contact) -> ImportedGuide

Nothing here touches the database; `articles.workflow.drafts.create_draft` stores what comes out. The readers pull in parsers that
a web process doesn't need, so this module imports nothing.
"""
