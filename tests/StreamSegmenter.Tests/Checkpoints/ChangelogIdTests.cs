using System.Globalization;
using System.Text;
using StreamSegmenter.Engine.Checkpoints;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Tests.Checkpoints;

/// <summary>A checkpoint goes with one changelog. A topic that was deleted and made again under its name is another, although the
/// checkpoint's position may well lie inside it.</summary>
public sealed class ChangelogIdTests : IDisposable
{
    private readonly KeptShard _kept = new();
    private readonly long _position;

    public ChangelogIdTests()
    {
        using var shard = _kept.Restore();
        _kept.Commit(shard, (1, [1]));
        _kept.Checkpoint(shard);
        _position = _kept.Lines.End;
        _kept.Commit(shard, (2, [2]));
    }

    public void Dispose() => _kept.Dispose();

    [Fact]
    public void A_checkpoint_of_a_changelog_that_was_made_again_is_not_used_and_the_changelog_is_read_from_its_start()
    {
        _kept.Lines.Id = "two";

        using var restored = _kept.Restore();

        Assert.Equal(0, _kept.Lines.RestoredFrom);
        Assert.Contains("of id 'one', and the topic is now 'two': it was made again", Assert.Single(_kept.Reports), StringComparison.Ordinal);
    }

    [Fact]
    public void The_next_checkpoint_goes_with_the_changelog_that_is_there_now()
    {
        _kept.Lines.Id = "two";
        using (var restored = _kept.Restore())
        {
            _kept.Commit(restored, (3, [3]));
            _kept.Checkpoint(restored);
        }

        _kept.Reports.Clear();
        using var again = _kept.Restore();

        Assert.Equal(_kept.Lines.End, _kept.Lines.RestoredFrom);
        Assert.Empty(_kept.Reports);
    }

    [Fact]
    public void Where_the_brokers_no_longer_say_which_changelog_it_is_a_checkpoint_that_knows_is_not_used()
    {
        _kept.Lines.Id = "";

        using var restored = _kept.Restore();

        Assert.Equal(0, _kept.Lines.RestoredFrom);
        Assert.Contains("the brokers no longer say which that is", Assert.Single(_kept.Reports), StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_without_a_topic_id_is_read_and_used()
    {
        var path = Assert.Single(Directory.GetFiles(_kept.Location(), "*.manifest"));
        var line = Encoding.UTF8.GetString(File.ReadAllBytes(path)).Split('\n')[0];
        var older = Encoding.UTF8.GetBytes(line.Replace("\"changelogId\":\"one\",", "", StringComparison.Ordinal) + "\n");
        Assert.True(older.Length < line.Length, "the manifest says nothing of the id");
        File.WriteAllBytes(path, [.. older, .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"crc32c {Crc32C.Of(older):x8}\n"))]);

        using var restored = _kept.Restore();

        Assert.Equal(_position, _kept.Lines.RestoredFrom);
        Assert.Equal("", CheckpointManifest.Decode(File.ReadAllBytes(path)).ChangelogId);
        Assert.Empty(_kept.Reports);
    }
}
