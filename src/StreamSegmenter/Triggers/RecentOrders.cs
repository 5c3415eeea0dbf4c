using System.Runtime.InteropServices;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;

namespace StreamSegmenter.Triggers;

/// <summary>Which carts were ordered when, for as long as older events may still come: what is put late into a cart that has
/// been ordered since was bought, while another cart of the customer is none of that order's business. One small section, an
/// entry per order and cart; at most <see cref="EntriesMax"/>, the oldest is evicted.</summary>
internal static class RecentOrders
{
    public const int EntriesMax = 16;

    /// <summary>Stands for all carts of the customer.</summary>
    public const ulong AllCarts = ulong.MaxValue;

    [StructLayout(LayoutKind.Sequential, Pack = 8)]
    private struct Entry
    {
        public ulong CartHash;
        public long OrderedAtMs;
    }

    /// <summary>True when an order has taken what was put into that cart at that instant.</summary>
    public static bool Took(CustomerRecord record, ReadOnlySpan<byte> cartId, long eventTimeMs)
    {
        if (record.Header.Orders == 0 || eventTimeMs >= record.Header.LastOrderMs)
        {
            return false;
        }

        var hash = KeyHash.Of(cartId);
        foreach (ref readonly var entry in Entries(record))
        {
            if (eventTimeMs < entry.OrderedAtMs && (entry.CartHash == AllCarts || entry.CartHash == hash))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Remembers an order; forgets those from before an instant of which no event can come any more. Moves sections.</summary>
    public static void Add(CustomerRecord record, ulong cartHash, long orderedAtMs, long forgottenBeforeMs)
    {
        var kept = 0;
        var entries = Entries(record);
        for (var i = Math.Max(0, entries.Length - EntriesMax + 1); i < entries.Length; i++)
        {
            if (entries[i].OrderedAtMs >= forgottenBeforeMs)
            {
                entries[kept++] = entries[i];
            }
        }

        record.ResizeSection(SectionKind.RecentOrders, 0, (kept + 1) * Marshal.SizeOf<Entry>());
        Entries(record)[kept] = new Entry { CartHash = cartHash, OrderedAtMs = orderedAtMs };
    }

    private static Span<Entry> Entries(CustomerRecord record) =>
        MemoryMarshal.Cast<byte, Entry>(record.Section(SectionKind.RecentOrders, 0));
}
