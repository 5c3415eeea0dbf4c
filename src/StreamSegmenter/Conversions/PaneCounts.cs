using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StreamSegmenter.Conversions;

/// <summary>The counts of one conversion pane in one shard; also its stored form (little-endian, in this order).
/// Mergeable: partials of different shards add up, since their customers are disjoint.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct PaneCounts
{
    /// <summary>Longest funnel that can be counted.</summary>
    public const int FunnelStepsMax = 16;

    /// <summary>Not used any more: stored panes of older versions may have a 1 here.</summary>
    private readonly long _reserved;
    public long Events;
    public long Visitors;
    public long Sessions;
    public long SessionsWithCart;
    public long SessionsWithOrder;
    public long SessionsWithCartAndOrder;
    public long Orders;
    public long RevenueMinor;
    public FunnelCounts Funnel;

    /// <summary>Orders whose total is in <see cref="RevenueMinor"/>.</summary>
    public long OrdersWithValue;
    public long RefundedMinor;

    /// <summary>Distinct customers with an order.</summary>
    public long Customers;

    /// <summary>Those of them whose first order it is.</summary>
    public long NewCustomers;

    /// <summary>Distinct customers with an order that is not their first.</summary>
    public long RepeatCustomers;

    public static int SizeBytes => Unsafe.SizeOf<PaneCounts>();

    /// <summary>Takes back what another partial counts.</summary>
    internal void Subtract(in PaneCounts other)
    {
        var negative = MemoryMarshal.Cast<PaneCounts, long>(new ReadOnlySpan<PaneCounts>(in other));
        var counts = MemoryMarshal.Cast<PaneCounts, long>(new Span<PaneCounts>(ref this));
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] -= negative[i];
        }
    }

    /// <summary>Whether all counts are equal.</summary>
    internal readonly bool Equals(in PaneCounts other) =>
        MemoryMarshal.Cast<PaneCounts, long>(new ReadOnlySpan<PaneCounts>(in this))[1..]
            .SequenceEqual(MemoryMarshal.Cast<PaneCounts, long>(new ReadOnlySpan<PaneCounts>(in other))[1..]);

    /// <summary>Whether those counts are equal that are final once the window's end + grace has passed: all but sessions, which may have a
    /// dimension's value only later, and what they reach.</summary>
    internal readonly bool HasEqualEvents(in PaneCounts other) =>
        (Events, Visitors, Orders, RevenueMinor, OrdersWithValue, RefundedMinor, Customers, NewCustomers, RepeatCustomers)
        == (other.Events, other.Visitors, other.Orders, other.RevenueMinor, other.OrdersWithValue, other.RefundedMinor, other.Customers,
            other.NewCustomers, other.RepeatCustomers);

    internal readonly bool IsZero => !MemoryMarshal.Cast<PaneCounts, long>(new ReadOnlySpan<PaneCounts>(in this)).ContainsAnyExcept(0);

    /// <summary>Adds another partial.</summary>
    public void Combine(in PaneCounts other)
    {
        Events += other.Events;
        Visitors += other.Visitors;
        Sessions += other.Sessions;
        SessionsWithCart += other.SessionsWithCart;
        SessionsWithOrder += other.SessionsWithOrder;
        SessionsWithCartAndOrder += other.SessionsWithCartAndOrder;
        Orders += other.Orders;
        RevenueMinor += other.RevenueMinor;
        OrdersWithValue += other.OrdersWithValue;
        RefundedMinor += other.RefundedMinor;
        Customers += other.Customers;
        NewCustomers += other.NewCustomers;
        RepeatCustomers += other.RepeatCustomers;
        for (var step = 0; step < FunnelStepsMax; step++)
        {
            Funnel[step] += other.Funnel[step];
        }
    }
}

/// <summary>Sessions per funnel step.</summary>
[InlineArray(PaneCounts.FunnelStepsMax)]
internal struct FunnelCounts
{
    private long _first;
}
