using System.Text;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;
using StreamSegmenter.Testing.Reference;

namespace StreamSegmenter.Testing.Model;

/// <summary>One line of the changelog as it stands in the topic.</summary>
internal sealed record ChangelogLine(byte[] Key, byte[] Value, long WrittenAtMs);

/// <summary>The cluster: input topics, the changelog, the outputs, the group and the transactions, with a clock of its own.
/// Small, and faithful where the engine's promises rest on it.</summary>
internal sealed class Kafka
{
    public const string Unreadable = "made unreadable";

    private readonly PartitionLog<InputRecord>[,] _inputs;

    public Kafka(int inputs, int partitions, bool incremental = false, bool offsetsGoBack = false, bool fences = true)
    {
        _inputs = new PartitionLog<InputRecord>[inputs, partitions];
        Inputs = inputs;
        Partitions = partitions;
        Changelog = [.. Enumerable.Range(0, partitions).Select(_ => new PartitionLog<ChangelogLine>())];
        Exchange = [.. Enumerable.Range(0, partitions).Select(_ => new PartitionLog<byte[]>())];
        Group = new GroupCoordinator(partitions, incremental, offsetsGoBack) { Fences = fences };
        Transactions = new TransactionCoordinator(Group) { Fences = fences };
        foreach (var place in Places)
        {
            _inputs[place.Input, place.Partition] = new PartitionLog<InputRecord>();
        }
    }

    public int Inputs { get; }

    public int Partitions { get; }

    public IReadOnlyList<PartitionLog<ChangelogLine>> Changelog { get; }

    /// <summary>What shards tell each other, by the shard that it is for.</summary>
    public IReadOnlyList<PartitionLog<byte[]>> Exchange { get; }

    /// <summary>The exchange is one more input of every shard; -1: one shard has nobody to talk to.</summary>
    public int ExchangeInput => Partitions > 1 ? Inputs : -1;

    /// <summary>All output topics as one: triggers, suppressed, membership changes, panes, dead letters, late events.</summary>
    public PartitionLog<object> Outputs { get; } = new();

    public GroupCoordinator Group { get; }

    public TransactionCoordinator Transactions { get; }

    /// <summary>The brokers' clock.</summary>
    public long NowMs { get; set; }

    public IEnumerable<InputPartition> Places =>
        from input in Enumerable.Range(0, Inputs)
        from partition in Enumerable.Range(0, Partitions)
        select new InputPartition(input, partition);

    public PartitionLog<InputRecord> Input(InputPartition place) => _inputs[place.Input, place.Partition];

    public static string InputName(int input) => input == 0 ? "input-0" : "input-1";

    /// <summary>When the first and the last record of a log arrive that is written while it is read.</summary>
    public (long First, long Last) ArrivalsMs
    {
        get
        {
            var arrivals = Places.SelectMany(place => Input(place).ReadCommitted()).Select(record => record.Value.ArrivesMs).ToList();
            return arrivals.Count == 0 ? (0, 0) : (arrivals.Min(), arrivals.Max());
        }
    }

    /// <summary>The latest event time of all; 0 when there is no event.</summary>
    public long LastFactMs => Places.SelectMany(place => Input(place).ReadCommitted()).SelectMany(record => record.Value.Facts)
        .Select(fact => (long?)fact.TimeMs).Max() ?? 0;

    /// <summary>The end of an input at an instant: behind the last record that has arrived by then.</summary>
    public long EndOf(InputPartition place, long nowMs) => Input(place).EndWhere(record => record.ArrivesMs <= nowMs);

    public long CommittedOffset(InputPartition place) => Group.Offsets.GetValueOrDefault(place, 0);

    /// <summary>Everything readable, in the order in which the engine promises to fold it.</summary>
    public IReadOnlyList<PlacedFact> InOrder() =>
    [
        .. Places
            .SelectMany(place => Input(place).ReadCommitted().SelectMany(record => record.Value.Facts.Select((fact, index) =>
                new PlacedFact(place, record.Offset, index, fact))))
            .OrderBy(placed => placed.Fact.TimeMs).ThenBy(placed => EventOrder.RankOf(placed.Fact.Type))
            .ThenBy(placed => placed.Fact.EventId, StringComparer.Ordinal)
            .ThenBy(placed => placed.Fact.EventId.Length == 0 ? placed.Offset : 0).ThenBy(placed => placed.Index)
            .ThenBy(placed => placed.Place.Input).ThenBy(placed => placed.Offset),
    ];

    public int RefusedCount => Places.Sum(place => Input(place).ReadCommitted().Count(record => record.Value.IsRefused));

    /// <summary>The inputs once more, at the same offsets and with nothing else yet, but for some records.</summary>
    public Kafka InputsWithout(HashSet<(InputPartition Place, long Offset)> left)
    {
        var copy = new Kafka(Inputs, Partitions);
        foreach (var place in Places)
        {
            var (from, to) = (Input(place), copy.Input(place));
            foreach (var (offset, record) in from.ReadCommitted())
            {
                to.Skip((int)(offset - to.End));
                if (!left.Contains((place, offset)))
                {
                    to.Append(record);
                }
            }

            to.Skip((int)(from.End - to.End));
        }

        return copy;
    }

    public static DeadLetter Letter(InputPartition place, long offset) => new(
        InputName(place.Input), place.Partition, offset, Unreadable, default,
        Encoding.UTF8.GetBytes($"{place.Input}/{place.Partition}/{offset}"));
}
