using System.Text;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;

namespace StreamSegmenter.Integration;

/// <summary>A lane's source driven by a test: polls and gathers what comes.</summary>
internal sealed class PolledLane : IDisposable
{
    private readonly PolledRecords _polled = new();

    public PolledLane(
        KafkaSettings settings, int number = 0, TimeProvider? clock = null, Action<LostRecords>? lost = null,
        Action<string>? replaced = null)
    {
        Settings = settings;
        Decoders = [.. settings.Inputs.Select(_ => new PlainDecoder())];
        Lane = new KafkaLane(settings, number, Decoders, new PlainEncoder(), clock ?? TimeProvider.System, lost: lost, replaced: replaced);
        Lane.Source.Listener = Listener;
        Listener.Assigned = shard => Events.RemoveAll(e => e.Partition == shard);
    }

    public KafkaSettings Settings { get; }

    public KafkaLane Lane { get; }

    public ILaneSink Sink => Lane.Sink;

    public PlainDecoder[] Decoders { get; }

    public NotingListener Listener { get; } = new();

    /// <summary>Everything delivered since the shard was assigned last: input, partition, offset, customer.</summary>
    public List<(int Input, int Partition, long Offset, string Customer)> Events { get; } = [];

    /// <summary>The same, without the shards that were taken away.</summary>
    public IEnumerable<(int Input, int Partition, long Offset, string Customer)> EventsOwned =>
        Events.Where(e => Listener.Owned.Contains(e.Partition));

    public List<DeadLetter> Refused { get; } = [];

    public List<DeadLetter> AheadOfClock { get; } = [];

    public long LatestPlausibleMs { get; init; } = long.MaxValue;

    public Dictionary<InputPartition, PartitionProgress> Progress { get; } = [];

    /// <summary>A lane that its group gave a shard at least, so that it may commit.</summary>
    public static PolledLane Joined(KafkaSettings settings, int number = 0)
    {
        var lane = new PolledLane(settings, number);
        lane.PollUntil(() => lane.Listener.Owned.Count > 0);
        return lane;
    }

    /// <summary>A lane that never joins its group: it can restore, and may not commit.</summary>
    public static KafkaLane Apart(KafkaSettings settings, Action<OpenTransaction>? ended = null) =>
        new(settings, 0, [new PlainDecoder()], new PlainEncoder(), TimeProvider.System, ended: ended);

    public CommitOutcome Commit(CommitUnit unit) => Sink.Commit(unit, CancellationToken.None);

    /// <summary>Commits these lines and the shards' own; it must succeed.</summary>
    public void Commit(params (int Partition, string Key, string Value)[] changelog) =>
        Assert.Equal(CommitOutcome.Committed, Commit(CommitUnits.Of(changelog)));

    public void PollOnce(int timeoutMs = 20)
    {
        _polled.Clear();
        _polled.LatestPlausibleMs = LatestPlausibleMs;
        Lane.Source.Poll(_polled, TimeSpan.FromMilliseconds(timeoutMs));
        foreach (ref var e in _polled.Events.Events)
        {
            Assert.True(Listener.Owned.Contains(e.Partition), $"delivered from shard {e.Partition}, which this lane does not own");
            Events.Add((e.Input, e.Partition, e.Offset, Encoding.UTF8.GetString(_polled.Events.Text(in e, e.CustomerId))));
        }

        Refused.AddRange(_polled.Refused);
        AheadOfClock.AddRange(_polled.AheadOfClock);
        Lane.Source.ReportProgress(Progress);
    }

    public void PollUntil(Func<bool> done, int secondsMax = 15)
    {
        var until = Environment.TickCount64 + (secondsMax * 1000);
        while (!done())
        {
            Assert.True(Environment.TickCount64 < until, $"not reached within {secondsMax} s; status: {Lane.Status.LastError}");
            PollOnce();
        }
    }

    public void PollFor(int milliseconds)
    {
        for (var until = Environment.TickCount64 + milliseconds; Environment.TickCount64 < until;)
        {
            PollOnce();
        }
    }

    public void Dispose() => Lane.Dispose();
}
