using StreamSegmenter.Windows;

namespace StreamSegmenter.Conversions;

/// <summary>How many sessions reached a step of the funnel.</summary>
public sealed record FunnelStep(string Step, long Sessions);

/// <summary>The conversion numbers of one tumbling window <c>[StartMs, EndMs)</c> and one dimension value.
/// Visitors, orders and revenue count in the window of their events. A session, and all that it reached later, counts in the
/// window in which it began: its cohort; so a rate is never above 1, and panes of a day add up to the day.
/// The numbers are those of all shards of all instances.</summary>
/// <param name="WindowMs">Tells the kinds of windows apart; see <see cref="Window"/>.</param>
/// <param name="Dimension">"all", or the name of the dimension.</param>
/// <param name="Value">Empty for "all", else the dimension's value.</param>
/// <param name="Events">Events in the window. By dimension: those that carry this value themselves, or carry none in a session
/// of this value.</param>
/// <param name="Visitors">Distinct customers with an event in the window.</param>
/// <param name="RevenueMinor">Sum of the orders' totals in minor units of <paramref name="Currency"/>.</param>
/// <param name="Final">True once the watermarks of all shards have passed the window's end + grace: visitors, sessions, orders and revenue
/// change no more, and if something does change them, <see cref="Corrections"/> counts it.</param>
/// <param name="CohortFinal">True once the horizon passed too: what the cohort's sessions reached (carts, orders, funnel
/// steps, and with them the rates) changes no more. Provisional until then.</param>
public sealed record ConversionPane(
    long WindowMs, long StartMs, long EndMs, string Dimension, string Value, long Events, long Visitors, long Sessions,
    long SessionsWithCart, long SessionsWithOrder, long SessionsWithCartAndOrder, IReadOnlyList<FunnelStep> Funnel,
    long Orders, long RevenueMinor, string? Currency, bool Final,
    bool CohortFinal)
{
    /// <summary>What the window is: a length such as <c>1h</c>, or <c>day</c>, <c>week</c> or <c>month</c> of the shop's calendar. These
    /// have a <see cref="WindowMs"/> of 1, 7 and 30 days, whatever lies between start and end.</summary>
    public string Window { get; init; } = DurationText.Format(WindowMs);

    /// <summary>How often numbers have changed that were final: 0 unless something arrived after all shards had passed the window's end + grace.</summary>
    public int Corrections { get; init; }

    /// <summary>Orders that the average order value leaves out: they had no total, or one in another currency.</summary>
    public long OrdersWithoutValue { get; init; }

    /// <summary>Money that went back in the window, by refunds and cancellations, of whichever window's orders.</summary>
    public long RefundedMinor { get; init; }

    /// <summary>Distinct customers with an order in the window.</summary>
    public long Customers { get; init; }

    /// <summary>Customers whose first order lies in the window.</summary>
    public long NewCustomers { get; init; }

    /// <summary>Distinct customers with an order in the window that is not their first. Who ordered first and again in one window is new and repeats.</summary>
    public long RepeatCustomers { get; init; }

    /// <summary>Customers of the window who had ordered before it.</summary>
    public long ReturningCustomers => Customers - NewCustomers;

    /// <summary>Share of the window's customers with an order that is not their first; null without a customer.</summary>
    public double? RepeatPurchaseRate => Customers == 0 ? null : (double)RepeatCustomers / Customers;

    /// <summary>Revenue less what went back.</summary>
    public long NetMinor => RevenueMinor - RefundedMinor;

    /// <summary>Sessions with an order per session; null without a session.</summary>
    public double? ConversionRate => Sessions == 0 ? null : (double)SessionsWithOrder / Sessions;

    /// <summary>Share of the sessions with a cart that saw no order; null without a cart.</summary>
    public double? CartAbandonmentRate =>
        SessionsWithCart == 0 ? null : 1 - ((double)SessionsWithCartAndOrder / SessionsWithCart);

    /// <summary>Revenue per order whose total is in it, in minor units; null without such an order.</summary>
    public double? AverageOrderValueMinor => Orders == OrdersWithoutValue ? null : (double)RevenueMinor / (Orders - OrdersWithoutValue);
}
