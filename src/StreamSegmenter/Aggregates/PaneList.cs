using System.Runtime.InteropServices;
using StreamSegmenter.Customers;

namespace StreamSegmenter.Aggregates;

/// <summary>The sparse panes of one windowed aggregate, in a section of the customer's record:
/// <code>
/// entry := pane end i64 (epoch milliseconds) · accumulator i64 × words
/// </code>
/// Little-endian, sorted by pane end, one entry for each pane that saw an event. Expired entries are passed over when
/// read and removed when the list is next written.</summary>
internal static class PaneList
{
    /// <summary>The entries, expired ones included; <c>1 + words</c> numbers each.</summary>
    public static Span<long> Entries(CustomerRecord record, ushort id) =>
        MemoryMarshal.Cast<byte, long>(record.Section(SectionKind.Panes, id));

    /// <summary>How many leading entries have expired.</summary>
    /// <param name="expiredUpTo">The latest pane that has left the window.</param>
    public static int ExpiredCount(ReadOnlySpan<long> entries, int stride, long expiredUpTo)
    {
        var expired = 0;
        while (expired * stride < entries.Length && entries[expired * stride] <= expiredUpTo)
        {
            expired++;
        }

        return expired;
    }

    /// <summary>The accumulator of a pane, made (zeroed) when missing; empty when that pane has expired already.</summary>
    public static Span<long> Accumulator(CustomerRecord record, ushort id, int words, long paneEnd, long expiredUpTo)
    {
        if (paneEnd <= expiredUpTo)
        {
            return default;
        }

        var stride = words + 1;
        var entries = Entries(record, id);
        var expired = ExpiredCount(entries, stride, expiredUpTo);
        var place = PlaceOf(entries, expired, paneEnd, stride);
        if (place > expired && entries[(place - 1) * stride] == paneEnd)
        {
            entries = RemoveFront(record, id, entries, expired * stride);
            return entries.Slice(((place - 1 - expired) * stride) + 1, words);
        }

        return Insert(record, id, entries, expired, paneEnd, stride)[1..];
    }

    /// <summary>Drops the first <paramref name="expired"/> entries and makes a zeroed one for that pane, behind those of the
    /// same pane.</summary>
    public static Span<long> Insert(
        CustomerRecord record, ushort id, Span<long> entries, int expired, long paneEnd, int stride)
    {
        var place = PlaceOf(entries, expired, paneEnd, stride);
        entries = MakeRoom(record, id, entries, expired, place, stride);
        var entry = entries.Slice((place - expired) * stride, stride);
        entry.Clear();
        entry[0] = paneEnd;
        return entry;
    }

    /// <summary>Behind which entry the pane belongs; usually the last one, so the search begins there.</summary>
    private static int PlaceOf(ReadOnlySpan<long> entries, int expired, long paneEnd, int stride)
    {
        var place = entries.Length / stride;
        while (place > expired && entries[(place - 1) * stride] > paneEnd)
        {
            place--;
        }

        return place;
    }

    private static Span<long> RemoveFront(CustomerRecord record, ushort id, Span<long> entries, int count)
    {
        if (count == 0)
        {
            return entries;
        }

        entries[count..].CopyTo(entries);
        return Resize(record, id, entries.Length - count);
    }

    /// <summary>Makes room for one entry at <paramref name="place"/> and drops the expired ones before it.</summary>
    private static Span<long> MakeRoom(
        CustomerRecord record, ushort id, Span<long> entries, int expired, int place, int stride)
    {
        var length = entries.Length;
        if (expired == 0)
        {
            entries = Resize(record, id, length + stride);
            entries[(place * stride)..length].CopyTo(entries[((place + 1) * stride)..]);
            return entries;
        }

        entries[(expired * stride)..(place * stride)].CopyTo(entries);
        entries[(place * stride)..].CopyTo(entries[((place - expired + 1) * stride)..]);
        return Resize(record, id, length - ((expired - 1) * stride));
    }

    private static Span<long> Resize(CustomerRecord record, ushort id, int numbers) =>
        MemoryMarshal.Cast<byte, long>(record.ResizeSection(SectionKind.Panes, id, numbers * sizeof(long)));
}
