"""Search over the live guides: the same answers on every database.

words: prepare text · vocabulary: what words there are, and the nearest one · index: keep the index ·
questions: understand what was typed · finding: find, rank, quote · synonyms: the list of lay words.
"""
