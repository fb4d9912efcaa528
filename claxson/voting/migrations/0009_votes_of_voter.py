import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """A voter's newest votes, and how they answer on gold, without a look at all of their votes: the index on the
    voter has the vote's number too, and that of gold votes what their voter's skill is made of."""

    dependencies = [("accounts", "0002_erased_voters"), ("voting", "0008_cheaper_votes")]

    operations = [
        migrations.AddIndex(
            model_name="vote", index=models.Index(fields=["voter", "-id"], name="votes_of_voter")
        ),
        migrations.AlterField(
            model_name="vote",
            name="voter",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="votes",
                to="accounts.voter",
            ),
        ),
        migrations.RemoveIndex(model_name="vote", name="gold_votes_of_voter"),
        migrations.AddIndex(
            model_name="vote",
            index=models.Index(
                fields=["voter", "-id"],
                include=["gold_class", "answer", "level"],
                condition=~Q(gold_class="") & Q(withdrawn_at=None),
                name="gold_votes_of_voter",
            ),
        ),
    ]
