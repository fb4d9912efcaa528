from django.db import migrations


class Migration(migrations.Migration):
    """What a vote writes: one index less, for that on the source finds its few uncounted votes along with the
    counted ones; and room in the queue's pages, so that an entry moves in no index when its count does."""

    dependencies = [("voting", "0007_networks")]

    operations = [
        migrations.RemoveIndex(model_name="vote", name="counted_votes_of_source"),
        migrations.RunSQL(
            "ALTER TABLE voting_queueentry SET (fillfactor = 80)",
            "ALTER TABLE voting_queueentry RESET (fillfactor)",
        ),
    ]
