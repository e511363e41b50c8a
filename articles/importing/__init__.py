"""Imports a plain text, Markdown, HTML or Word file: `readers.detection.read_guide(path)`.

    file -> readers -> elements (plain_text or markup) -> lists -> titles -> structure (with contact) -> ImportedGuide

Nothing here accesses the database; `articles.workflow.drafts.create_draft` stores the result. This module imports nothing,
because the readers need parsers that web processes shouldn't load.
"""
