using StreamSegmenter.Customers;

namespace StreamSegmenter.Aggregates;

/// <summary>Different values, as a pane list in which every value stands once, in the latest pane that saw it; without a
/// window in a pane that never ends. So the number of values in a window is the number of entries in it.
/// <code>
/// entry := pane end i64 · hash of the value i64
/// </code>
/// At most <see cref="ValuesMax"/> are kept, the latest ones. A value that gave way left the window before all that were
/// kept, so the number is exact up to that bound.</summary>
internal static class DistinctValues
{
    public const int ValuesMax = 1_000;

    private const int Stride = 2;

    /// <summary>Adds a value; false when it changes nothing.</summary>
    /// <param name="perPane">A value stands once in every pane that saw it: for a window that the latest pane has yet to enter.</param>
    public static bool Fold(CustomerRecord record, ushort id, long value, long paneEnd, long expiredUpTo, bool perPane = false)
    {
        if (paneEnd <= expiredUpTo)
        {
            return false;
        }

        var entries = PaneList.Entries(record, id);
        var expired = PaneList.ExpiredCount(entries, Stride, expiredUpTo);
        for (var at = expired * Stride; at < entries.Length; at += Stride)
        {
            if (entries[at + 1] == value && (!perPane || entries[at] == paneEnd))
            {
                return Move(entries, at, paneEnd);
            }
        }

        if ((entries.Length / Stride) - expired >= ValuesMax)
        {
            if (paneEnd <= entries[expired * Stride])
            {
                return false;
            }

            expired++;
        }

        var entry = PaneList.Insert(record, id, entries, expired, paneEnd, Stride);
        entry[1] = value;
        return true;
    }

    private static bool Move(Span<long> entries, int at, long paneEnd)
    {
        if (entries[at] >= paneEnd)
        {
            return false;
        }

        var value = entries[at + 1];
        for (; at + Stride < entries.Length && entries[at + Stride] <= paneEnd; at += Stride)
        {
            entries.Slice(at + Stride, Stride).CopyTo(entries[at..]);
        }

        (entries[at], entries[at + 1]) = (paneEnd, value);
        return true;
    }
}
