using System.Text;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Outputs;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Events;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Integration;

/// <summary>What tests let a lane commit.</summary>
internal static class CommitUnits
{
    /// <summary>These lines, and each shard's own, which makes its commit complete.</summary>
    public static CommitUnit Of(params (int Partition, string Key, string Value)[] changelog)
    {
        var unit = Half(changelog);
        unit.Changelog.AddRange(changelog.Select(line => line.Partition).Distinct()
            .Select(partition => new ChangelogRecord(partition, StateKey.ShardKey, new byte[] { 1 })));
        return unit;
    }

    /// <summary>Without the shard's own line, by which a restore knows that a commit is complete.</summary>
    public static CommitUnit Half(params (int Partition, string Key, string Value)[] changelog)
    {
        var unit = new CommitUnit { Outbox = new Outbox() };
        unit.Changelog.AddRange(changelog.Select(
            line => new ChangelogRecord(line.Partition, Encoding.UTF8.GetBytes(line.Key), Encoding.UTF8.GetBytes(line.Value))));
        return unit;
    }

    /// <summary>The only input of shard 0 is read up to there; nothing else.</summary>
    public static CommitUnit Offset(long next)
    {
        var unit = Of();
        unit.Offsets[new InputPartition(0, 0)] = next;
        return unit;
    }

    /// <summary>One dead letter of that text, the shard's line, and an offset.</summary>
    public static CommitUnit Letter(string text)
    {
        var unit = Offset(2);
        unit.Outbox.DeadLetters.Add(new DeadLetter("clicks", 0, 0, text, default, default));
        unit.Changelog.Add(new ChangelogRecord(0, StateKey.ShardKey, new byte[] { 1 }));
        return unit;
    }

    public static CartAbandoned Trigger(string id, string customer) => new(
        id, "rule", "00", TriggerKind.Emitted, 1, CartStage.Cart, customer, null, [], null, null, 0, 0, 0,
        new Dictionary<string, string>());
}
