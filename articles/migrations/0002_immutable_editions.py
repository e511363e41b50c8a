"""Database triggers that refuse to change or delete editions."""

from django.db import migrations

MESSAGE = "editions are never changed: publish a new one"

SQLITE = [
    f"CREATE TRIGGER edition_no_{verb.lower()} BEFORE {verb} ON articles_edition BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    for verb in ("UPDATE", "DELETE")
]
POSTGRESQL = [
    f"""CREATE FUNCTION articles_edition_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER edition_is_final BEFORE UPDATE OR DELETE ON articles_edition
    FOR EACH ROW EXECUTE FUNCTION articles_edition_is_final()""",
]
UNDO = {
    "sqlite": ["DROP TRIGGER edition_no_update", "DROP TRIGGER edition_no_delete"],
    "postgresql": ["DROP TRIGGER edition_is_final ON articles_edition", "DROP FUNCTION articles_edition_is_final()"],
}


def protect(apps, schema_editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def unprotect(apps, schema_editor):
    for statement in UNDO[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_initial")]
    operations = [migrations.RunPython(protect, unprotect)]
