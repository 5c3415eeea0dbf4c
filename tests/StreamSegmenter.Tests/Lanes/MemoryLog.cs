using System.Text;
using StreamSegmenter.Conversions;
using StreamSegmenter.Engine.Lanes;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Tests.Lanes.Oracle;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Lanes;

/// <summary>A record of the log: some events, or one that cannot be read.</summary>
internal sealed record MemoryRecord(IReadOnlyList<Fact> Facts, bool IsRefused = false)
{
    /// <summary>By the clock of a log that is written while it is read; otherwise it was always there.</summary>
    public long ArrivesMs { get; init; } = long.MinValue;
}

/// <summary>What a lane meets instead of Kafka: topics with partitions, the group's offsets, a changelog, and the outputs of
/// every commit that succeeded. All of one commit becomes visible together or not at all.</summary>
internal sealed class MemoryLog(int inputs, int partitions)
{
    private readonly Dictionary<InputPartition, List<MemoryRecord>> _records = [];
    private readonly Dictionary<InputPartition, long> _offsets = [];
    private readonly List<(int Partition, byte[] Key, byte[] Value)> _changelog = [];

    public const string Unreadable = "made unreadable";

    public int Inputs => inputs;

    public int Partitions => partitions;

    public List<CartAbandoned> CartAbandoned { get; } = [];

    public List<SuppressedTrigger> Suppressed { get; } = [];

    public List<MembershipChange> MembershipChanges { get; } = [];

    public List<DeadLetter> DeadLetters { get; } = [];

    public List<LateEvent> LateEvents { get; } = [];

    /// <summary>The latest numbers of every pane, as a compacted topic has them.</summary>
    public Dictionary<(int Partition, long WindowMs, long StartMs, string Dimension, string Value), ConversionPane> Panes { get; } = [];

    public int Commits { get; private set; }

    public static string InputName(int input) => "input-" + input;

    public IReadOnlyList<MemoryRecord> Records(InputPartition partition) => _records.GetValueOrDefault(partition, []);

    /// <summary>When the first record arrives, of a log that is written while it is read.</summary>
    public long FirstArrivalMs => _records.Values.Min(records => records[0].ArrivesMs);

    public long LastArrivalMs => _records.Values.Max(records => records[^1].ArrivesMs);

    public void Append(InputPartition partition, MemoryRecord record)
    {
        if (!_records.TryGetValue(partition, out var records))
        {
            _records[partition] = records = [];
        }

        records.Add(record);
    }

    public long CommittedOffset(InputPartition partition) => _offsets.GetValueOrDefault(partition, 0);

    /// <summary>Everything readable, in the order in which the engine promises to fold it.</summary>
    public IReadOnlyList<PlacedFact> InOrder() =>
    [
        .. _records
            .SelectMany(topic => topic.Value.SelectMany((record, offset) =>
                record.Facts.Select((fact, index) => new PlacedFact(topic.Key.Input, offset, index, fact))))
            .OrderBy(placed => placed.Fact.TimeMs).ThenBy(placed => placed.Input)
            .ThenBy(placed => placed.Offset).ThenBy(placed => placed.Index),
    ];

    public int RefusedCount => _records.Values.Sum(records => records.Count(record => record.IsRefused));

    public void Commit(CommitUnit unit)
    {
        Commits++;
        CartAbandoned.AddRange(unit.Outbox.CartAbandoned);
        Suppressed.AddRange(unit.Outbox.Suppressed);
        MembershipChanges.AddRange(unit.Outbox.MembershipChanges);
        DeadLetters.AddRange(unit.Outbox.DeadLetters);
        LateEvents.AddRange(unit.Outbox.LateEvents);
        foreach (var pane in unit.Outbox.ConversionPanes)
        {
            Panes[(pane.Partition, pane.WindowMs, pane.StartMs, pane.Dimension, pane.Value)] = pane;
        }

        Write(unit.Changelog);
        foreach (var (partition, offset) in unit.Offsets)
        {
            Assert.True(offset >= CommittedOffset(partition), "a committed offset went back");
            _offsets[partition] = offset;
        }
    }

    /// <summary>What is left of a commit whose writer died or gave up, where there are no transactions.</summary>
    public void Write(IEnumerable<ChangelogRecord> changelog) =>
        _changelog.AddRange(changelog.Select(line => (line.Partition, line.Key.ToArray(), line.Value.ToArray())));

    /// <summary>Restores that began with a local copy of the state.</summary>
    public int RestoresFromCopies { get; private set; }

    /// <summary>The offset behind a partition's last line.</summary>
    public long ChangelogEnd(int partition) => _changelog.Count(line => line.Partition == partition);

    /// <returns>The offset behind the last complete commit.</returns>
    public long Restore(int partition, long from, IRestoreTarget target)
    {
        var lines = _changelog.Where(line => line.Partition == partition).ToArray();
        var complete = Array.FindLastIndex(lines, line => line.Key.AsSpan().SequenceEqual(StateKey.ShardKey)) + 1;
        Assert.InRange(from, 0, complete);
        RestoresFromCopies += from > 0 ? 1 : 0;
        foreach (var (_, key, value) in lines[(int)from..complete])
        {
            target.Apply(key, value);
        }

        foreach (var (_, key, _) in lines[complete..])
        {
            target.Unfinished(key);
        }

        return complete;
    }

    public static DeadLetter Letter(InputPartition partition, long offset) => new(
        InputName(partition.Input), partition.Partition, offset, Unreadable, default,
        Encoding.UTF8.GetBytes($"{partition.Input}/{partition.Partition}/{offset}"));
}
