
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0009_alerts_and_links'),
    ]

    operations = [
        migrations.CreateModel(
            name='PictureFile',
            fields=[
                ('name', models.CharField(max_length=80, primary_key=True, serialize=False)),
                ('content', models.BinaryField()),
            ],
        ),
    ]
