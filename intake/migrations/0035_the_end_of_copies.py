from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0034_fewer_indexes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='heartbeat',
            name='part',
            field=models.CharField(choices=[('worker', 'the worker'), ('housekeeping', 'housekeeping'), ('mail', 'urgent messages to staff'), ('doctor', 'the hourly check'), ('backup', 'the backup'), ('clock', 'the clock of the server'), ('standby', 'the second database machine')], max_length=16, primary_key=True, serialize=False),
        ),
    ]
