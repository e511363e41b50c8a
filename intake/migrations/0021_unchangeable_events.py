"""Database triggers that refuse to change or remove events, their links and signed heads."""

from django.db import migrations

TABLES = ("intake_event", "intake_link", "intake_signedhead")
MESSAGE = "the audit trail is never changed"
KEYS = {"intake_link": "event_id"}

SQLITE = [
    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    for table in TABLES
    for verb in ("UPDATE", "DELETE")
]
# INSERT OR REPLACE removes the row that was there without firing a trigger on DELETE.
SQLITE += [
    f"""CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
    WHEN EXISTS (SELECT 1 FROM {table} WHERE {KEYS.get(table, "id")} = NEW.{KEYS.get(table, "id")})
    BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"""
    for table in TABLES
]
POSTGRESQL = [
    f"""CREATE FUNCTION intake_audit_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"""
]
for table in TABLES:
    POSTGRESQL += [
        f"""CREATE TRIGGER {table}_is_final BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION intake_audit_is_final()""",
        f"""CREATE TRIGGER {table}_stays BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION intake_audit_is_final()""",
    ]
UNDO = {
    "sqlite": [f"DROP TRIGGER {table}_no_{verb}" for table in TABLES for verb in ("update", "delete", "replace")],
    "postgresql": [f"DROP TRIGGER {table}_{what} ON {table}" for table in TABLES for what in ("is_final", "stays")]
    + ["DROP FUNCTION intake_audit_is_final()"],
}


def protect(apps, schema_editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def unprotect(apps, schema_editor):
    for statement in UNDO[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("intake", "0020_audit_chain")]
    operations = [migrations.RunPython(protect, unprotect)]
