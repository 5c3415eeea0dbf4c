using System.Buffers;
using System.Globalization;
using System.Text;
using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Conversions;
using StreamSegmenter.Engine.Contracts;
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
