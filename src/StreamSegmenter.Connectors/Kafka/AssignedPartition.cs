using Confluent.Kafka;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>What a source knows of one partition while it owns it.
/// <para>A partition is <em>held</em> while records must not be delivered before it was taken back to
/// <see cref="HeldAt"/>: a record that cannot be decoded yet, a shard whose other inputs are not here yet, a seek that
/// the client could not take yet. What arrives meanwhile is dropped; the seek brings it again.</para></summary>
internal sealed class AssignedPartition(InputPartition key, TopicPartition place)
{
    public InputPartition Key { get; } = key;

    public TopicPartition Place { get; } = place;

    /// <summary>Offset of the next record to deliver; -1 until the first record, where the group's offset decides.</summary>
    public long Position { get; private set; } = -1;

    /// <summary>Where reading began with this assignment; -1 until known.</summary>
    public long StartedAt { get; private set; } = -1;

    /// <summary>The partition's end as <see cref="EndOffsets"/> last saw it; -1 when not known.</summary>
    public long EndOffset { get; set; } = -1;

    /// <summary>The latest instant, epoch milliseconds, as of which the broker said that there is nothing behind
    /// <see cref="Position"/>; <see cref="long.MinValue"/> when it never did.</summary>
    public long CaughtUpAtMs { get; set; } = long.MinValue;

    /// <summary>Where the position was when <see cref="EndProbe"/> last looked.</summary>
    public long PositionAtProbe { get; set; } = -1;

    /// <summary>The broker answered for the present position, so the end offset that the client keeps is no older.</summary>
    public bool Answered { get; set; }

    /// <summary>A record, the partition's end or an answer about it came since <see cref="ConsumerWatch"/> last looked.</summary>
    public bool Heard { get; set; }

    /// <summary>Clock timestamp at which <see cref="ConsumerWatch"/> last found it heard of; 0: it has not looked yet.</summary>
    public long HeardAt { get; set; }

    /// <summary>Clock timestamp of the oldest question of <see cref="EndProbe"/> about it since it was last heard of; 0: there is none.</summary>
    public long UnansweredSince { get; set; }

    /// <summary>Records of it wait in the client's queue, behind others: until the lane has taken so many out in all; 0: none wait.</summary>
    public long QueuedUntil { get; set; }

    /// <summary>The lane asked for silence.</summary>
    public bool PausedByLane { get; set; }

    public bool Held { get; private set; }

    /// <summary>Where to go on after the hold; -1: no record came yet, go on as the client does.</summary>
    public long HeldAt { get; private set; } = -1;

    /// <summary>Clock timestamp at which the hold may end; <see cref="long.MaxValue"/>: when the shard is complete.</summary>
    public long HeldUntil { get; private set; }

    /// <summary>The client refuses to go back to <see cref="HeldAt"/>, again and again since the lane asked for it.</summary>
    public bool IsSeekRefused { get; set; }

    /// <summary>The client was told to pause because of the hold.</summary>
    public bool PausedByHold { get; set; }

    /// <summary>How often in a row the record at <see cref="HeldAt"/> could not be decoded.</summary>
    public int Attempts { get; set; }

    /// <summary>Where and why it cannot be decoded; of meaning while there are <see cref="Attempts"/>.</summary>
    public string? UnreadableReason { get; set; }

    /// <param name="offset">-1: where the group's offset or the input's start says.</param>
    public void StartAt(long offset) => Position = StartedAt = offset;

    /// <summary>What lies from <paramref name="offset"/> to before <paramref name="next"/> was delivered.</summary>
    public void Delivered(long offset, long next)
    {
        StartedAt = StartedAt < 0 ? offset : StartedAt;
        Position = next;
        Answered = true;
        Heard = true;
        QueuedUntil = 0;
    }

    /// <summary>The next record to deliver is an earlier one.</summary>
    public void GoBack(long offset)
    {
        Position = offset;
        Answered = false;
    }

    public void Hold(long at, long until)
    {
        Held = true;
        HeldAt = at;
        HeldUntil = until;
    }

    public void EndHold()
    {
        Held = IsSeekRefused = false;
        HeldAt = -1;
    }
}
