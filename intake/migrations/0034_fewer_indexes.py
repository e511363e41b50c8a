"""Drop indexes that another index of the same table begins with, or that no query uses: each new row writes to every index.

The state and the database are changed apart, because Django would make the tables of SQLite again, without the triggers that keep
events from being changed. Safe while the release before serves: it loses no column and no constraint.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FIELDS = (
    ("ContactAttempt", "inquiry"),
    ("ContactDigest", "inquiry"),
    ("Event", "inquiry"),
    ("InternalNote", "inquiry"),
    ("KeyWrap", "inquiry"),
    ("Message", "inquiry"),
    ("Notification", "endpoint"),
    ("Notification", "recipient"),
)


def drop(apps, schema_editor):
    connection = schema_editor.connection
    for model_name, field_name in FIELDS:
        model = apps.get_model("intake", model_name)
        column = model._meta.get_field(field_name).column
        with connection.cursor() as cursor:
            constraints = connection.introspection.get_constraints(cursor, model._meta.db_table)
        for name, about in constraints.items():
            # Partial indexes and those with an expression have a name of ours, which is one of the model's.
            is_named = name in {index.name for index in model._meta.indexes} | {each.name for each in model._meta.constraints}
            if about["columns"] == [column] and about["index"] and not about["unique"] and not is_named:
                schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


def make(apps, schema_editor):
    for model_name, field_name in FIELDS:
        model = apps.get_model("intake", model_name)
        schema_editor.execute(schema_editor._create_index_sql(model, fields=[model._meta.get_field(field_name)]))


def to(model, related_name, on_delete=django.db.models.deletion.CASCADE, **options):
    return models.ForeignKey(db_index=False, on_delete=on_delete, related_name=related_name, to=model, **options)


class Migration(migrations.Migration):
    dependencies = [("intake", "0033_machines"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop, make)],
            state_operations=[
                migrations.AlterField("contactattempt", "inquiry", to("intake.inquiry", "attempts")),
                migrations.AlterField("contactdigest", "inquiry", to("intake.inquiry", "contact_digests")),
                migrations.AlterField(
                    "event", "inquiry", to("intake.inquiry", "events", django.db.models.deletion.PROTECT, blank=True, null=True)
                ),
                migrations.AlterField("internalnote", "inquiry", to("intake.inquiry", "internal_notes")),
                migrations.AlterField("keywrap", "inquiry", to("intake.inquiry", "key_wraps")),
                migrations.AlterField("message", "inquiry", to("intake.inquiry", "messages")),
                migrations.AlterField(
                    "notification", "endpoint", to("intake.webhookendpoint", "+", blank=True, null=True, verbose_name="webhook")
                ),
                migrations.AlterField(
                    "notification", "recipient", to(settings.AUTH_USER_MODEL, "+", blank=True, null=True, verbose_name="person")
                ),
            ],
        )
    ]
