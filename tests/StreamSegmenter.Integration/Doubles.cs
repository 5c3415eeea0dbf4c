using System.Buffers;
using System.Globalization;
using System.Text;
using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Conversions;
using StreamSegmenter.Engine.Lanes;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Integration;

/// <summary>Reads the value as <c>customer time</c>; refuses <c>bad</c>; cannot read <c>later</c> until told so.</summary>
internal sealed class PlainDecoder : IRecordDecoder
{
    public bool Available { get; set; }

    public int Unavailable { get; private set; }

    /// <summary>Called with the offset of every record before it is decoded.</summary>
    public Action<long>? Decoding { get; set; }

    public DecodeOutcome Decode(in SourceRecord record, EventBatch batch)
    {
        Decoding?.Invoke(record.Offset);
        var text = Encoding.UTF8.GetString(record.Value);
        if (text.StartsWith("bad", StringComparison.Ordinal))
        {
            return DecodeOutcome.Refused("not a record of this test");
        }

        if (text.StartsWith("later", StringComparison.Ordinal) && !Available)
        {
            Unavailable++;
            return DecodeOutcome.Unavailable("not yet");
        }

        var words = text.Split(' ');
        ref var e = ref batch.BeginEvent(record.Input, record.Partition, record.Offset, 0);
        e.EventTimeMs = long.Parse(words[1], CultureInfo.InvariantCulture);
        e.Fields = EventFields.EventTime;
        e.CustomerId = batch.Append(Encoding.UTF8.GetBytes(words[0]));
        Assert.Equal(EventFault.None, batch.CompleteEvent());
        return DecodeOutcome.Decoded;
    }
}

/// <summary>Writes what tells outputs apart.</summary>
internal sealed class PlainEncoder : IOutputEncoder
{
    public void Encode(CartAbandoned trigger, IBufferWriter<byte> into) => Write(trigger.TriggerId, into);

    public void Encode(SuppressedTrigger suppressed, IBufferWriter<byte> into) => Write(suppressed.Reason.ToString(), into);

    public void Encode(MembershipChange change, IBufferWriter<byte> into) => Write(change.Kind.ToString(), into);

    public void Encode(ConversionPane pane, IBufferWriter<byte> into) =>
        Write(pane.Sessions.ToString(CultureInfo.InvariantCulture), into);

    public void Encode(DeadLetter letter, IBufferWriter<byte> into)
    {
        Write(letter.Reason, into);
        into.Write(letter.Value.Span);
    }

    public void Encode(LateEvent late, IBufferWriter<byte> into) => Write(late.EventType, into);

    private static void Write(string text, IBufferWriter<byte> into) => Encoding.UTF8.GetBytes(text, into);
}

/// <summary>Notes what the group does; starts where it is told.</summary>
internal sealed class NotingListener : IAssignmentListener
{
    public SortedSet<int> Owned { get; } = [];

    public List<string> Notes { get; } = [];

    /// <summary>Start offsets per shard; -1 where none is given.</summary>
    public Dictionary<int, long[]> StartOffsets { get; } = [];

    public Action? Revoking { get; set; }

    public Action<int>? Assigned { get; set; }

    public void OnAssigned(int partition, Span<long> startOffsets)
    {
        Assigned?.Invoke(partition);
        Owned.Add(partition);
        Notes.Add($"assigned {partition}");
        StartOffsets.GetValueOrDefault(partition)?.CopyTo(startOffsets);
    }

    public void OnRevoking(IReadOnlyCollection<int> partitions)
    {
        Notes.Add($"revoking {string.Join(' ', partitions)}");
        Revoking?.Invoke();
        Owned.ExceptWith(partitions);
    }

    public void OnLost(IReadOnlyCollection<int> partitions)
    {
        Owned.ExceptWith(partitions);
        Notes.Add($"lost {string.Join(' ', partitions)}");
    }
}

/// <summary>Keeps what a restore applies.</summary>
internal sealed class RestoredState : IRestoreTarget
{
    public Dictionary<string, string> Values { get; } = [];

    public int Applied { get; private set; }

    public List<string> Leftover { get; } = [];

    public long Remaining { get; private set; } = -1;

    public void Progress(long remaining) => Remaining = remaining;

    public void Unfinished(ReadOnlySpan<byte> key) => Leftover.Add(Encoding.UTF8.GetString(key));

    public void Apply(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.SequenceEqual(StateKey.ShardKey))
        {
            return;
        }

        Applied++;
        var name = Encoding.UTF8.GetString(key);
        if (value.IsEmpty)
        {
            Values.Remove(name);
        }
        else
        {
            Values[name] = Encoding.UTF8.GetString(value);
        }
    }
}

/// <summary>A lane's source driven by a test: polls and gathers what comes.</summary>
internal sealed class PolledLane : IDisposable
{
    private readonly PolledRecords _polled = new();

    public PolledLane(
        KafkaSettings settings, int number = 0, TimeProvider? clock = null, Action<LostRecords>? lost = null)
    {
        Decoders = [.. settings.Inputs.Select(_ => new PlainDecoder())];
        Lane = new KafkaLane(settings, number, Decoders, new PlainEncoder(), clock ?? TimeProvider.System, lost: lost);
        Lane.Source.Listener = Listener;
        Listener.Assigned = shard => Events.RemoveAll(e => e.Partition == shard);
    }

    public KafkaLane Lane { get; }

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
