using StreamSegmenter.Engine.Checkpoints;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Tests.Checkpoints;

/// <summary>From what a shard is restored, and from what it never is.</summary>
public sealed class CheckpointRestoreTests : IDisposable
{
    private readonly KeptShard _kept = new();

    public void Dispose() => _kept.Dispose();

    [Fact]
    public void A_shard_is_restored_from_its_checkpoint_and_the_changelogs_lines_behind_it_only()
    {
        TakeTwo(out var positions);

        using var restored = _kept.Restore();

        Assert.Equal(_kept.Truth(), KeptShard.StateOf(restored));
        Assert.Equal(positions[1], _kept.Lines.RestoredFrom);
        Assert.True(positions[1] < _kept.Lines.End);
        Assert.Empty(_kept.Reports);
    }

    [Fact]
    public void A_shard_that_nothing_happened_to_since_keeps_its_watermark_although_the_changelog_has_no_line_for_it()
    {
        using (var shard = _kept.Restore())
        {
            _kept.Commit(shard, (1, [1]));
            _kept.Checkpoint(shard);
        }

        using var restored = _kept.Restore();

        Assert.Equal(_kept.Lines.End, _kept.Lines.RestoredFrom);
        Assert.Equal(0, restored.Watermark.ValueMs);
        Assert.Equal(_kept.Truth(), KeptShard.StateOf(restored));
    }

    [Fact]
    public void Two_checkpoints_are_kept_and_the_third_takes_the_place_of_the_first()
    {
        using var shard = _kept.Restore();
        for (var number = 1; number <= 4; number++)
        {
            _kept.Commit(shard, (number, [1]));
            _kept.Checkpoint(shard);
            Assert.Equal(
                Enumerable.Range(Math.Max(1, number - 1), Math.Min(2, number)).SelectMany(kept => new[] { $"{kept:D10}.checkpoint", $"{kept:D10}.manifest" }),
                Directory.GetFiles(_kept.Location()).Select(Path.GetFileName).Where(name => name != "lock").Order());
        }
    }

    [Fact]
    public void A_deleted_key_stays_deleted_although_the_checkpoint_still_has_it()
    {
        using (var shard = _kept.Restore())
        {
            _kept.Commit(shard, (1, [1]), (2, [2]));
            _kept.Checkpoint(shard);
            _kept.Commit(shard, (1, null));
        }

        using var restored = _kept.Restore();

        Assert.Equal(2, KeptShard.StateOf(restored).Count);
        Assert.Equal(_kept.Truth(), KeptShard.StateOf(restored));
    }

    [Fact]
    public void Lines_of_a_commit_that_broke_off_behind_the_checkpoint_are_distrusted_as_ever()
    {
        using (var shard = _kept.Restore())
        {
            _kept.Commit(shard, (1, [1]));
            _kept.Checkpoint(shard);
        }

        _kept.Lines.Add(KeptShard.Key(1), [99]);
        using var restored = _kept.Restore();

        Assert.Equal(1, restored.Suspects.Count);
        Assert.Equal(_kept.Truth(), KeptShard.StateOf(restored));
    }

    /// <summary>Row 25 of the fault matrix.</summary>
    [Fact]
    public void A_checkpoint_older_than_the_changelogs_memory_of_deletions_is_wiped_and_the_changelog_read_instead()
    {
        TakeTwo(out _);
        _kept.Time.Advance(TimeSpan.FromMilliseconds(KeptShard.AgeMsMax + 1));

        using var restored = _kept.Restore();

        Assert.Equal(0, _kept.Lines.RestoredFrom);
        Assert.Equal(_kept.Truth(), KeptShard.StateOf(restored));
        Assert.Equal(["lock"], Directory.GetFiles(_kept.Location()).Select(Path.GetFileName));
        Assert.Contains("43200 s old", _kept.Reports[0]);
    }

    [Fact]
    public void Just_before_that_it_is_still_used()
    {
        TakeTwo(out var positions);
        _kept.Time.Advance(TimeSpan.FromMilliseconds(KeptShard.AgeMsMax));

        using var restored = _kept.Restore();
        Assert.Equal(positions[1], _kept.Lines.RestoredFrom);
    }

    [Fact]
    public void A_checkpoint_from_the_future_is_not_used_since_its_age_is_unknown()
    {
        TakeTwo(out _);
        _kept.Time.Advance(TimeSpan.FromDays(-1));

        using var restored = _kept.Restore();
        Assert.Equal(0, _kept.Lines.RestoredFrom);
        Assert.Equal(_kept.Truth(), KeptShard.StateOf(restored));
    }

    /// <summary>Row 26 of the fault matrix.</summary>
    [Fact]
    public void A_changelog_that_begins_behind_the_checkpoint_or_ends_before_it_is_refused()
    {
        TakeTwo(out var positions);
        _kept.Lines.Start = (int)positions[1] + 1;
        Assert.Throws<ChangelogLostException>(() => _kept.Restore());

        _kept.Lines.Start = 0;
        _kept.Lines.CutEnd((int)(_kept.Lines.End - positions[1]) + 1);
        Assert.Throws<ChangelogLostException>(() => _kept.Restore());

        // And the refusal leaves the directory to the next attempt.
        Assert.Equal(4 + 1, Directory.GetFiles(_kept.Location()).Length);
    }

    [Fact]
    public void A_checkpoint_of_another_changelog_or_partition_is_not_used()
    {
        TakeTwo(out _);
        var other = Path.Combine(_kept.Root, "shard-7");
        Directory.Move(_kept.Location(), other);
        Directory.Move(other, _kept.Location());
        foreach (var path in Directory.GetFiles(_kept.Location(), "*.manifest"))
        {
            var manifest = CheckpointManifest.Decode(File.ReadAllBytes(path));
            File.WriteAllBytes(path, (manifest with { Changelog = "another" }).Encode());
        }

        using var restored = _kept.Restore();
        Assert.Equal(0, _kept.Lines.RestoredFrom);
        Assert.All(_kept.Reports, report => Assert.Contains("'another'", report));
    }

    [Fact]
    public void What_was_never_finished_is_cleared_away_by_the_next_owner()
    {
        TakeTwo(out _);
        var location = _kept.Location();
        File.WriteAllBytes(Path.Combine(location, "0000000009.checkpoint"), [1, 2, 3]);
        File.WriteAllBytes(Path.Combine(location, "0000000010.manifest.part"), [1, 2, 3]);
        Directory.CreateDirectory(Path.Combine(location, "spill"));
        File.WriteAllBytes(Path.Combine(location, "spill", "customers.log.7"), new byte[100]);

        using var restored = _kept.Restore();
        Assert.Equal(5, Directory.GetFiles(location).Length);
        Assert.Empty(Directory.GetFiles(Path.Combine(location, "spill")));
    }

    [Fact]
    public void The_directory_of_a_shard_is_locked_while_it_is_in_use()
    {
        using var shard = _kept.Restore();
        Assert.Null(CheckpointDirectory.TryClaim(_kept.Location(), new DiskFiles()));
    }

    private void TakeTwo(out long[] positions)
    {
        positions = new long[2];
        using var shard = _kept.Restore();
        for (var i = 0; i < 2; i++)
        {
            _kept.Commit(shard, (1, [(byte)i]), (2 + i, KeptShard.Value(i, 100)));
            positions[i] = _kept.Lines.End;
            _kept.Checkpoint(shard);
        }

        _kept.Commit(shard, (2, null), (5, [5]));
    }
}
