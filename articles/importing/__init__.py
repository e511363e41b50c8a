"""Imports a plain text, Markdown, HTML or Word file, `readers.detection.read_guide(path)`, or the posts of a site, `site_export`.

    file -> readers -> elements (plain_text or markup) -> questions -> lists -> titles -> structure (with contact) -> ImportedGuide

Nothing here accesses the database; `articles.workflow.drafts.create_draft` stores the result. At the end `word_count` compares
the words of the file with those of the guide. This module imports nothing, because the readers need parsers that web processes
shouldn't load.
"""
