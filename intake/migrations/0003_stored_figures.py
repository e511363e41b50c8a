import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0001_initial'),
    ]

    operations = [
        # Nothing is carried over: the next round of housekeeping counts the days anew, and until then reports read the cases.
        migrations.DeleteModel(
            name='DayFigures',
        ),
        migrations.CreateModel(
            name='StoredFigures',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.DateField()),
                ('days', models.PositiveSmallIntegerField()),
                ('clock', models.CharField(max_length=32)),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('counts', models.JSONField()),
                ('response', models.BinaryField()),
                ('contact', models.BinaryField()),
                ('unanswered', models.BinaryField()),
                ('cases', models.JSONField()),
                ('centre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='stored_figures', to='intake.centre')),
            ],
            options={
                'verbose_name': 'stored figures',
                'verbose_name_plural': 'stored figures',
                'constraints': [models.UniqueConstraint(fields=('centre', 'days', 'first'), name='one_figures_a_stretch')],
            },
        ),
        migrations.AddIndex(
            model_name='inquiry',
            index=models.Index(models.F('centre'), models.F('claimed_by'), models.F('queue_rank'), condition=models.Q(('queue_rank__lt', 9)), name='inquiry_open_by_owner'),
        ),
    ]
