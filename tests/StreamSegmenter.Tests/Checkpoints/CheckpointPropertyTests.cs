namespace StreamSegmenter.Tests.Checkpoints;

/// <summary>Random commits between the slices of checkpoints and of compactions; the process dies at any moment, and what is on its disk then is
/// all that its successor has. A failure names the seed.</summary>
public sealed class CheckpointPropertyTests
{
    [Fact]
    public void Whatever_a_checkpoint_saw_early_or_late_the_restored_state_is_what_the_changelog_alone_gives()
    {
        var (fromCheckpoints, compactions) = (0, 0);
        for (var seed = 1; seed <= 24; seed++)
        {
            using var kept = new KeptShard();
            fromCheckpoints += Live(kept, new Random(seed), seed, ref compactions);
        }

        Assert.True(compactions > 100, $"only {compactions} compactions");
        Assert.True(fromCheckpoints > 30, $"only {fromCheckpoints} of the restores were from a checkpoint");
    }

    /// <returns>Restores that began with a checkpoint.</returns>
    private static int Live(KeptShard kept, Random random, int seed, ref int compactions)
    {
        var fromCheckpoint = 0;
        var root = kept.Root;
        var keys = random.Next(3) == 0 ? 40 : 3000;
        var shard = kept.Restore();
        for (var step = 0; step < 150; step++)
        {
            if (!shard.Store.IsSwept && random.Next(2) == 0)
            {
                shard.Store.Compaction.SliceBytes = 1 << random.Next(12, 20);
                shard.Store.Compaction.Turn();
                compactions += shard.Store.Compaction.IsRunning ? 0 : 1;
            }

            switch (random.Next(12))
            {
                case < 6:
                    kept.Commit(shard, Changes(random, keys, step));
                    break;
                case < 9 when shard.Checkpoints!.IsRunning:
                    shard.Checkpoints.Turn();
                    break;
                case 9 when shard.Checkpoints!.IsRunning:
                    KeptShard.Finish(shard);
                    break;
                case 10 when !shard.Checkpoints!.IsRunning && kept.Lines.End > 0:
                    kept.Start(shard);
                    break;
                case 11 when random.Next(5) == 0:
                    // What is on the disk at this moment, half written or not.
                    var successor = Path.Combine(kept.Root, "life-" + step);
                    Copy(kept.Location(root), kept.Location(successor));
                    shard.Dispose();
                    root = successor;
                    shard = kept.Restore(root);
                    fromCheckpoint += kept.Lines.RestoredFrom > 0 ? 1 : 0;
                    Assert.True(kept.Truth().SequenceEqual(KeptShard.StateOf(shard)), $"seed {seed}, step {step}");
                    break;
            }

            kept.Time.Advance(TimeSpan.FromSeconds(1));
        }

        shard.Dispose();
        return fromCheckpoint;
    }

    private static (int, byte[]?)[] Changes(Random random, int keys, int step)
    {
        var changes = new (int, byte[]?)[random.Next(1, random.Next(4) == 0 ? 800 : 20)];
        for (var i = 0; i < changes.Length; i++)
        {
            var id = random.Next(keys);
            var length = random.Next(8) == 0 ? random.Next(1, 9000) : random.Next(1, 900);
            changes[i] = (id, random.Next(6) == 0 ? null : KeptShard.Value((step * 1000) + i, length));
        }

        return changes;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var path in Directory.GetFiles(from, "0*"))
        {
            try
            {
                File.Copy(path, Path.Combine(to, Path.GetFileName(path)));
            }
            catch (FileNotFoundException)
            {
                // Removed by the writer at this very moment.
            }
        }
    }
}
