"""What visitors read about a centre, special hours, and what is free."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0008_drafts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Availability',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('detox', 'Detox'), ('residential', 'Residential treatment'), ('outpatient', 'Outpatient treatment')], max_length=12)),
                ('state', models.CharField(blank=True, choices=[('today', 'a place today'), ('week', 'a place this week'), ('waiting', 'a waiting list'), ('', 'nothing said')], max_length=8)),
                ('said_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['said_at'],
            },
        ),
        migrations.CreateModel(
            name='CentreTranslation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('services', models.TextField(blank=True, help_text='One a line.', verbose_name='services')),
                ('takes', models.TextField(blank=True, db_default='', default='', help_text='One a line.', verbose_name='whom you take')),
                ('takes_not', models.TextField(blank=True, db_default='', default='', help_text='One a line, and where people can go instead.', verbose_name="what you can't treat")),
                ('paying', models.TextField(blank=True, db_default='', default='', verbose_name='more about paying')),
                ('to_bring', models.TextField(blank=True, db_default='', default='', help_text='One a line.', verbose_name='what to bring')),
                ('directions', models.TextField(blank=True, verbose_name='how to get there')),
                ('transport', models.TextField(blank=True, db_default='', default='', help_text='Bus, train, parking, rides that you arrange.', verbose_name='transport')),
                ('about', models.TextField(blank=True, db_default='', default='', verbose_name='who runs it')),
                ('people', models.TextField(blank=True, db_default='', default='', help_text='One a line: name, role, license.', verbose_name='people and their roles')),
                ('licences', models.TextField(blank=True, db_default='', default='', help_text='One a line: what, by whom, its number.', verbose_name='licenses and accreditation')),
                ('language', models.CharField(max_length=12, verbose_name='language')),
            ],
            options={
                'verbose_name': 'texts in another language',
                'verbose_name_plural': 'texts in other languages',
                'ordering': ['language'],
            },
        ),
        migrations.AlterModelOptions(
            name='holiday',
            options={'ordering': ['day'], 'verbose_name': 'day off or special hours', 'verbose_name_plural': 'days off and special hours'},
        ),
        migrations.AddField(
            model_name='centre',
            name='about',
            field=models.TextField(blank=True, db_default='', default='', verbose_name='who runs it'),
        ),
        migrations.AddField(
            model_name='centre',
            name='always_open',
            field=models.BooleanField(db_default=False, default=False, help_text="The opening hours below then don't count; days off and special hours do.", verbose_name='somebody answers day and night'),
        ),
        migrations.AddField(
            model_name='centre',
            name='levels',
            field=models.JSONField(blank=True, default=list, help_text='For these your team can say on its front page what is free.', null=True, verbose_name='levels of care'),
        ),
        migrations.AddField(
            model_name='centre',
            name='licences',
            field=models.TextField(blank=True, db_default='', default='', help_text='One a line: what, by whom, its number.', verbose_name='licenses and accreditation'),
        ),
        migrations.AddField(
            model_name='centre',
            name='paying',
            field=models.TextField(blank=True, db_default='', default='', verbose_name='more about paying'),
        ),
        migrations.AddField(
            model_name='centre',
            name='payments',
            field=models.JSONField(blank=True, default=list, null=True, verbose_name='how people can pay'),
        ),
        migrations.AddField(
            model_name='centre',
            name='people',
            field=models.TextField(blank=True, db_default='', default='', help_text='One a line: name, role, license.', verbose_name='people and their roles'),
        ),
        migrations.AddField(
            model_name='centre',
            name='takes',
            field=models.TextField(blank=True, db_default='', default='', help_text='One a line.', verbose_name='whom you take'),
        ),
        migrations.AddField(
            model_name='centre',
            name='takes_not',
            field=models.TextField(blank=True, db_default='', default='', help_text='One a line, and where people can go instead.', verbose_name="what you can't treat"),
        ),
        migrations.AddField(
            model_name='centre',
            name='to_bring',
            field=models.TextField(blank=True, db_default='', default='', help_text='One a line.', verbose_name='what to bring'),
        ),
        migrations.AddField(
            model_name='centre',
            name='transport',
            field=models.TextField(blank=True, db_default='', default='', help_text='Bus, train, parking, rides that you arrange.', verbose_name='transport'),
        ),
        migrations.AddField(
            model_name='holiday',
            name='answered_by',
            field=models.CharField(blank=True, db_default='', default='', help_text='A name and a number, for visitors.', max_length=200, verbose_name='who answers meanwhile'),
        ),
        migrations.AddField(
            model_name='holiday',
            name='closes',
            field=models.TimeField(blank=True, null=True, verbose_name='closes'),
        ),
        migrations.AddField(
            model_name='holiday',
            name='last_day',
            field=models.DateField(blank=True, help_text='If it is more than one day.', null=True, verbose_name='last day'),
        ),
        migrations.AddField(
            model_name='holiday',
            name='opens',
            field=models.TimeField(blank=True, help_text='Empty: closed.', null=True, verbose_name='opens'),
        ),
        migrations.AddConstraint(
            model_name='holiday',
            constraint=models.CheckConstraint(condition=models.Q(('last_day', None), ('last_day__gte', models.F('day')), _connector='OR'), name='holiday_ends_after_start', violation_error_message='The last day must not be before the first.'),
        ),
        migrations.AddConstraint(
            model_name='holiday',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closes', None), ('opens', None)), models.Q(('closes__gt', models.F('opens')), ('closes__isnull', False), ('opens__isnull', False)), _connector='OR'), name='special_hours_are_whole', violation_error_message='Write when you open and when you close, or leave both empty if you are closed.'),
        ),
        migrations.AddField(
            model_name='availability',
            name='centre',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='availabilities', to='intake.centre'),
        ),
        migrations.AddField(
            model_name='availability',
            name='said_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='centretranslation',
            name='centre',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='translations', to='intake.centre', verbose_name='centre'),
        ),
        migrations.AddIndex(
            model_name='availability',
            index=models.Index(models.F('centre'), models.F('said_at'), name='availability_newest'),
        ),
        migrations.AddConstraint(
            model_name='centretranslation',
            constraint=models.UniqueConstraint(fields=('centre', 'language'), name='one_translation_a_language'),
        ),
    ]
