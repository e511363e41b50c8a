
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0031_clock'),
    ]

    operations = [
        migrations.AddField(
            model_name='centrekey',
            name='opened_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='centrekey',
            name='opened_on',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=64),
        ),
        migrations.AlterField(
            model_name='heartbeat',
            name='part',
            field=models.CharField(choices=[('worker', 'the worker'), ('housekeeping', 'housekeeping'), ('mail', 'urgent messages to staff'), ('doctor', 'the hourly check'), ('clock', 'the clock of the server'), ('standby', 'the second database machine')], max_length=16, primary_key=True, serialize=False),
        ),
    ]
