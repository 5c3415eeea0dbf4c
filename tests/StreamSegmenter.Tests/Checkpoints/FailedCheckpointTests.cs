using StreamSegmenter.Engine.Checkpoints;
using StreamSegmenter.Engine.Shards;

namespace StreamSegmenter.Tests.Checkpoints;

/// <summary>Rows 4 and 5 of the fault matrix: a checkpoint that cannot be written right fails loudly, leaves the older ones alone, and
/// the next one succeeds.</summary>
public sealed class FailedCheckpointTests : IDisposable
{
    private readonly BadFiles _files = new();
    private readonly KeptShard _kept;

    public FailedCheckpointTests() => _kept = new KeptShard { Files = _files, TimeoutMs = 30_000 };

    public void Dispose()
    {
        _files.Release.Set();
        _kept.Dispose();
    }

    [Theory]
    [InlineData("WriteFails")]
    [InlineData("WritesShort")]
    [InlineData("FlipsBit")]
    [InlineData("WritesZeroes")]
    public void Whatever_byte_the_disk_gets_wrong_the_checkpoint_fails_and_the_older_one_stays(string name)
    {
        using var shard = _kept.Restore();
        _kept.Commit(shard, (1, [1, 1, 1]), (2, [2]));
        _files.Begin(Mishap.None, 0);
        _kept.Checkpoint(shard);
        var bytes = _files.Written;

        var failed = 0;
        for (var at = 0; at < bytes; at += 1 + (at / 40))
        {
            _kept.Commit(shard, (at, [3]));
            _files.Begin(Enum.Parse<Mishap>(name), at);
            _kept.Checkpoint(shard);

            // Zeroes where zeroes belong are no mishap.
            if (name != "WritesZeroes" || _kept.Reports.Count > failed)
            {
                Assert.True(_kept.Reports.Count == ++failed, $"at byte {at} nobody said anything");
                Assert.Equal(failed, _kept.Counters.CheckpointsFailed);
                Assert.Equal("0000000001.manifest", Path.GetFileName(Assert.Single(Manifests())));
            }
        }

        Assert.True(failed > 20);
        Heals(shard);
    }

    [Theory]
    [InlineData("SyncFails", "Input/output error")]
    [InlineData("RenameFails", "Read-only file system")]
    [InlineData("RenameIsForgotten", "reads back wrong")]
    [InlineData("ReadingBackFails", "Input/output error")]
    public void Nor_does_it_count_when_what_follows_the_writing_fails(string name, string reason)
    {
        using var shard = _kept.Restore();
        _kept.Commit(shard, (1, [1]));
        _files.Begin(Enum.Parse<Mishap>(name), 0);
        _kept.Checkpoint(shard);

        Assert.Contains(reason, Assert.Single(_kept.Reports));
        Assert.Empty(Manifests());
        Assert.Contains("the checkpoint of partition 0: ", _kept.NotReady);
        Assert.Contains(reason, _kept.NotReady);
        Heals(shard);
    }

    [Fact]
    public void A_shard_that_leaves_takes_its_failed_checkpoint_with_it()
    {
        using (var shard = _kept.Restore())
        {
            _kept.Commit(shard, (1, [1]));
            _files.Begin(Mishap.WriteFails, 0);
            _kept.Checkpoint(shard);
            Assert.False(_kept.IsReady);
        }

        Assert.True(_kept.IsReady);
    }

    [Fact]
    public void A_disk_that_hangs_is_given_up_in_time_and_blocks_no_thread()
    {
        using var shard = _kept.Restore();
        _kept.Commit(shard, (1, [1]));
        _files.Begin(Mishap.Hangs, 100);
        _kept.Start(shard);
        shard.Checkpoints!.Turn();
        Assert.Empty(_kept.Reports);

        _kept.Time.Advance(TimeSpan.FromSeconds(31));
        shard.Checkpoints.Turn();
        Assert.Contains("longer than 30 s", Assert.Single(_kept.Reports));
        Assert.Equal(1, _kept.Counters.CheckpointsFailed);

        // Until the disk answers there is no second one on top.
        Assert.True(shard.Checkpoints.IsRunning);
        _files.Release.Set();
        KeptShard.Finish(shard);
        Assert.Single(_kept.Reports);
        Heals(shard);
    }

    [Fact]
    public void A_failed_one_is_tried_again_in_a_minute_and_not_in_ten()
    {
        using var shard = _kept.Restore();
        _kept.Commit(shard, (1, [1]));
        _files.Begin(Mishap.WriteFails, 0);
        _kept.Checkpoint(shard);
        Assert.Equal(_kept.Time.NowMs + 60_000, shard.Checkpoints!.DueMs);

        _files.Begin(Mishap.None, 0);
        _kept.Checkpoint(shard);
        Assert.Equal(_kept.Time.NowMs + _kept.IntervalMs!.Value, shard.Checkpoints.DueMs);
    }

    [Fact]
    public void A_shard_where_nothing_happens_takes_no_checkpoint_until_its_last_one_grows_old()
    {
        using var shard = _kept.Restore();
        _kept.Commit(shard, (1, [1]));
        _kept.Checkpoint(shard);
        _kept.Start(shard);
        Assert.False(shard.Checkpoints!.IsRunning);

        _kept.Time.Advance(TimeSpan.FromMilliseconds(KeptShard.AgeMsMax / 2));
        _kept.Checkpoint(shard);
        Assert.Equal(2, Manifests().Length);
        Assert.Equal(_kept.Time.NowMs, shard.Gauges.CheckpointAtMs);
    }

    private void Heals(Shard shard)
    {
        _files.Begin(Mishap.None, 0);
        _kept.Commit(shard, (77, [7]));
        _kept.Checkpoint(shard);
        _kept.Counters.Health.Heartbeat();
        Assert.True(_kept.IsReady);
        shard.Dispose();

        using var restored = _kept.Restore();
        Assert.Equal(_kept.Lines.End, _kept.Lines.RestoredFrom);
        Assert.Equal(_kept.Truth(), KeptShard.StateOf(restored));
        Assert.All(StoredCheckpoint.List(_kept.Location(), _files), checkpoint => Assert.NotNull(checkpoint.Manifest));
    }

    private string[] Manifests() => Directory.GetFiles(_kept.Location(), "*.manifest*");
}
