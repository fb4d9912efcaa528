from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("voting", "0003_oversight")]

    operations = [
        migrations.AddField(
            model_name="voterrecord",
            name="daily_goal",
            field=models.PositiveSmallIntegerField(db_default=5, default=5, help_text="votes a day; 0: none"),
        ),
    ]
