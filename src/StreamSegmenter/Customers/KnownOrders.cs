using System.Runtime.InteropServices;
using StreamSegmenter.Events;

namespace StreamSegmenter.Customers;

/// <summary>What an event says of an order.</summary>
internal enum OrderNews : byte
{
    /// <summary>It is about no order.</summary>
    None,

    /// <summary>The order was not known.</summary>
    New,

    /// <summary>The order is known and nothing about it is new: the thank-you page was loaded again.</summary>
    Repeated,

    /// <summary>The order is known and its total is another one.</summary>
    TotalChanged,

    /// <summary>Money went back.</summary>
    Refunded,
}

/// <param name="OrderedAtMs">Event time of the order itself.</param>
/// <param name="TotalMinor">What the event adds to the revenue in the shop's currency; of a changed total, the difference.</param>
/// <param name="Valued">By how many the orders with a total in the shop's currency become more.</param>
/// <param name="RefundedMinor">What the event takes back in the shop's currency, at most what was left of the order.</param>
internal readonly record struct OrderProgress(OrderNews News, long OrderedAtMs, long TotalMinor, int Valued, long RefundedMinor);

/// <summary>The orders of a customer, by their ids: each counts once, however often it is reported, and a refund knows the total
/// of what it refunds. One section, an entry per order, oldest first.
/// <para>Bound: the last <see cref="EntriesMax"/> orders of a customer within the time for which they are remembered; a repetition of
/// an older one counts as a new order. An order without an id is never a repetition.</para></summary>
internal sealed class KnownOrders(long rememberMs, Currency currency)
{
    public const int EntriesMax = 64;

    [StructLayout(LayoutKind.Sequential, Pack = 8)]
    private struct Entry
    {
        public ulong IdHash;
        public long OrderedAtMs;
        public long TotalMinor;
        public long RefundedMinor;
        public Currency Currency;
        public bool HasTotal;
    }

    /// <summary>Takes one event in; what it says of an order.</summary>
    public OrderProgress Fold(CustomerRecord record, in StorefrontEvent e, EventBatch batch)
    {
        if (e.Type == EventTypes.OrderCompleted)
        {
            return Order(record, in e, batch);
        }

        return e.Type == EventTypes.OrderRefunded || e.Type == EventTypes.OrderCancelled ? Refund(record, in e, batch) : default;
    }

    private OrderProgress Order(CustomerRecord record, in StorefrontEvent e, EventBatch batch)
    {
        var worth = Worth(e.Has(EventFields.Total), e.TotalMinor, e.Currency);
        var valued = worth.HasValue ? 1 : 0;
        if (e.OrderId.IsEmpty || rememberMs <= 0)
        {
            return new OrderProgress(OrderNews.New, e.EventTimeMs, worth ?? 0, valued, 0);
        }

        var hash = KeyHash.Of(batch.Text(in e, e.OrderId));
        var at = Find(record, hash, e.EventTimeMs);
        if (at < 0)
        {
            Add(record, new Entry
            {
                IdHash = hash, OrderedAtMs = e.EventTimeMs, TotalMinor = e.TotalMinor, Currency = e.Currency, HasTotal = e.Has(EventFields.Total),
            });
            return new OrderProgress(OrderNews.New, e.EventTimeMs, worth ?? 0, valued, 0);
        }

        ref var entry = ref Entries(record)[at];
        if (!e.Has(EventFields.Total) || (entry.HasTotal && entry.TotalMinor == e.TotalMinor && entry.Currency == e.Currency))
        {
            return new OrderProgress(OrderNews.Repeated, entry.OrderedAtMs, 0, 0, 0);
        }

        var before = Worth(entry.HasTotal, entry.TotalMinor, entry.Currency);
        (entry.TotalMinor, entry.Currency, entry.HasTotal) = (e.TotalMinor, e.Currency, true);
        return new OrderProgress(
            OrderNews.TotalChanged, entry.OrderedAtMs, (worth ?? 0) - (before ?? 0), valued - (before.HasValue ? 1 : 0), 0);
    }

    /// <summary>A refund without an amount, and a cancellation, take back all that is left.</summary>
    private OrderProgress Refund(CustomerRecord record, in StorefrontEvent e, EventBatch batch)
    {
        var asked = Worth(e.Has(EventFields.Total), e.TotalMinor, e.Currency);
        var at = e.OrderId.IsEmpty ? -1 : Find(record, KeyHash.Of(batch.Text(in e, e.OrderId)), e.EventTimeMs);
        if (at < 0)
        {
            return new OrderProgress(OrderNews.Refunded, e.EventTimeMs, 0, 0, Math.Max(0, asked ?? 0));
        }

        ref var entry = ref Entries(record)[at];
        if (Worth(entry.HasTotal, entry.TotalMinor, entry.Currency) is not { } total)
        {
            return new OrderProgress(OrderNews.Refunded, entry.OrderedAtMs, 0, 0, Math.Max(0, asked ?? 0));
        }

        var left = Math.Max(0, total - entry.RefundedMinor);
        var refunded = e.Type == EventTypes.OrderCancelled || !e.Has(EventFields.Total) ? left : Math.Clamp(asked ?? 0, 0, left);
        entry.RefundedMinor += refunded;
        return new OrderProgress(OrderNews.Refunded, entry.OrderedAtMs, 0, 0, refunded);
    }

    private long? Worth(bool hasTotal, long totalMinor, Currency of) => hasTotal && of == currency ? totalMinor : null;

    private int Find(CustomerRecord record, ulong hash, long eventTimeMs)
    {
        var entries = Entries(record);
        for (var i = entries.Length - 1; i >= 0; i--)
        {
            if (entries[i].IdHash == hash && eventTimeMs - entries[i].OrderedAtMs <= rememberMs)
            {
                return i;
            }
        }

        return -1;
    }

    private void Add(CustomerRecord record, Entry order)
    {
        var entries = Entries(record);
        var forgotten = 0;
        while (forgotten < entries.Length
            && (order.OrderedAtMs - entries[forgotten].OrderedAtMs > rememberMs || entries.Length - forgotten >= EntriesMax))
        {
            forgotten++;
        }

        entries[forgotten..].CopyTo(entries);
        var kept = entries.Length - forgotten;
        record.ResizeSection(SectionKind.KnownOrders, 0, (kept + 1) * Marshal.SizeOf<Entry>());
        Entries(record)[kept] = order;
    }

    private static Span<Entry> Entries(CustomerRecord record) =>
        MemoryMarshal.Cast<byte, Entry>(record.Section(SectionKind.KnownOrders, 0));
}
