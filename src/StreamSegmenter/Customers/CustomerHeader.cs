using System.Runtime.InteropServices;

namespace StreamSegmenter.Customers;

/// <summary>The fixed part of a customer's record, two cache lines. Times are epoch milliseconds of event time; 0 means
/// "never", <see cref="long.MaxValue"/> in a due time "nothing pending".</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct CustomerHeader
{
    /// <summary>Format of header and sections; <see cref="CustomerRecord.FormatVersion"/>.</summary>
    public ushort FormatVersion;

    public CustomerFlags Flags;

    /// <summary>Hash of the definitions that dictate the aggregate area's offsets.</summary>
    public uint LayoutHash;

    /// <summary>The earliest instant at which something can change with no new event.</summary>
    public long NextDueMs;

    /// <summary>The instant for which the timer wheel holds this customer, at or before <see cref="NextDueMs"/>; so moving a
    /// deadline later touches only the record; <see cref="long.MaxValue"/> when the wheel does not hold it.</summary>
    public long WheelDueMs;

    /// <summary>Earliest deadline among the carts.</summary>
    public long CartsDueMs;

    /// <summary>Earliest instant at which a segment's answer can change by time alone.</summary>
    public long SegmentsDueMs;

    public long FirstSeenMs;

    /// <summary>Largest event time folded.</summary>
    public long LastSeenMs;

    /// <summary>The latest instant for which the customer was evaluated; never decreases.</summary>
    public long ClockMs;

    public long SessionStartMs;

    /// <summary>Event time of the session's last event; it ends a gap later.</summary>
    public long SessionLastMs;

    /// <summary>Event time of the latest order; means something only with <see cref="Orders"/> above 0.</summary>
    public long LastOrderMs;

    /// <summary>Sum of the orders' totals that are in the shop's currency.</summary>
    public long RevenueMinor;

    public uint Sessions;

    public uint Orders;

    public uint SessionEvents;

    public SessionFlags SessionFlags;

    /// <summary>Steps of the funnel that the session has reached, in order.</summary>
    public byte FunnelSteps;

    public ushort Reserved;

    /// <summary>Bytes of the aggregate area that follows, so that a record of another layout can be taken apart.</summary>
    public int AggregateBytes;

    /// <summary>Bytes of the <see cref="CustomerHistory"/> behind the sections, in a stored record; 0 in one that is worked on.</summary>
    public int HistoryBytes;
}

[Flags]
internal enum CustomerFlags : ushort
{
    None = 0,

    /// <summary>There is a section <see cref="SectionKind.LeftSegments"/>.</summary>
    HasLeftSegments = 1,

    /// <summary>The record came from other definitions; the present ones have not decided yet. They do at
    /// <see cref="CustomerHeader.SegmentsDueMs"/>, before anything else happens.</summary>
    DefinitionsChanged = 2,
}

/// <summary>What the current session saw.</summary>
[Flags]
internal enum SessionFlags : byte
{
    None = 0,
    Cart = 1,
    Order = 2,
}
