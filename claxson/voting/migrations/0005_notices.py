import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_erased_voters"),
        ("catalogue", "0004_product_variants"),
        ("voting", "0004_daily_goal"),
    ]

    operations = [
        migrations.AddField(
            model_name="voterrecord",
            name="named",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="on pages of sources, where they were among the first",
            ),
        ),
        migrations.AddField(
            model_name="consensusevent",
            name="told_at",
            field=models.DateTimeField(help_text="when its source's voters were told of it", null=True),
        ),
        # Nobody is flooded with news of long ago.
        migrations.RunSQL(
            "UPDATE voting_consensusevent SET told_at = at", migrations.RunSQL.noop, elidable=True
        ),
        migrations.AddIndex(
            model_name="consensusevent",
            index=models.Index(condition=models.Q(("told_at", None)), fields=["id"], name="steps_not_told"),
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "agreed",
                    models.BooleanField(
                        help_text="whether the voter said the same; null: `unsure`", null=True
                    ),
                ),
                ("first", models.BooleanField(default=False, help_text="nobody said so before them")),
                ("at", models.DateTimeField(db_index=True)),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="voting.consensusevent",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="catalogue.source",
                    ),
                ),
                (
                    "voter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="accounts.voter",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("read_at", None)),
                        fields=["voter"],
                        name="unread_notices_of_voter",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("voter", "source"), name="one_notice_per_voter_and_source"
                    )
                ],
            },
        ),
    ]
