from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("articles", "0003_unsaved_texts")]

    operations = [
        migrations.AlterField(
            model_name='guideevent',
            name='kind',
            field=models.CharField(choices=[('created', 'created'), ('edited', 'edited'), ('submitted', 'submitted for review'), ('sent_back', 'sent back'), ('approved', 'approved'), ('reviewed', 'reviewed as a whole, no change'), ('scheduled', 'time of publishing set'), ('unscheduled', 'time of publishing cancelled'), ('published', 'published'), ('restored', 'older edition copied into the draft'), ('archived', 'archived')], max_length=12, verbose_name='what happened'),
        ),
    ]
