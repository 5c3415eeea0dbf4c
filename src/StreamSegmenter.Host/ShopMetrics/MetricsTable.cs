using System.Globalization;
using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Host.Commands;

namespace StreamSegmenter.Host.ShopMetrics;

/// <summary>Shows panes for people: all traffic window by window, a dimension value by value, each with its course over the windows.</summary>
internal sealed class MetricsTable(ConversionWindow window, TimeZoneInfo zone, Currency shop)
{
    /// <summary>The most windows of one table.</summary>
    public const int WindowsMax = 48;

    private readonly WindowBounds _bounds = new(window, zone);

    public void Write(string dimension, IReadOnlyList<ConversionPane> panes, TextWriter to)
    {
        var starts = StartsOf(panes[0].StartMs, panes[^1].StartMs);
        ConversionPane[] shown = [.. panes.Where(pane => pane.StartMs >= starts[0])];
        to.WriteLine($"{window}, {(dimension == MetricsSelection.AllTraffic ? "all traffic" : $"by {dimension}")}, {Name(starts[0])} to {Name(starts[^1])} ({zone.Id})");
        if (shown.Length < panes.Count)
        {
            to.WriteLine($"The last {WindowsMax} windows; --from and --to choose others, --csv writes all.");
        }

        to.WriteLine();
        if (dimension == MetricsSelection.AllTraffic)
        {
            WriteByWindow(starts, shown, to);
        }
        else
        {
            WriteByValue(starts, shown, to);
        }
    }

    private void WriteByWindow(List<long> starts, ConversionPane[] panes, TextWriter to)
    {
        TextTable.Write(
            [
                ["window", "visitors", "sessions", "with cart", "with order", "conversion", "abandonment", "orders", "net revenue", "per order", ""],
                .. panes.Select(pane => (string[])
                [
                    Name(pane.StartMs), Count(pane.Visitors), Count(pane.Sessions), Count(pane.SessionsWithCart), Count(pane.SessionsWithOrder),
                    Share(pane.ConversionRate), Share(pane.CartAbandonmentRate), Count(pane.Orders), Amount(pane.NetMinor, pane.Currency),
                    PerOrder(pane), StateOf(pane),
                ]),
            ],
            to);
        to.WriteLine();
        var byStart = panes.ToDictionary(pane => pane.StartMs);
        TextTable.Write(
            [
                ["visitors", Course(starts, byStart, pane => pane.Visitors)],
                ["sessions", Course(starts, byStart, pane => pane.Sessions)],
                ["conversion", Course(starts, byStart, pane => pane.ConversionRate)],
                ["net revenue", Course(starts, byStart, pane => pane.NetMinor)],
            ],
            to);
    }

    private void WriteByValue(List<long> starts, ConversionPane[] panes, TextWriter to)
    {
        var byValue = panes.GroupBy(pane => pane.Value, StringComparer.Ordinal).Select(group => (Total: TotalOf(group), ByStart: group.ToDictionary(pane => pane.StartMs)))
            .OrderByDescending(value => value.Total.Sessions).ThenBy(value => value.Total.Value, StringComparer.Ordinal);

        // No visitors: those of several windows are no sum.
        TextTable.Write(
            [
                ["value", "sessions", "with cart", "with order", "conversion", "abandonment", "orders", "net revenue", "per order", "sessions by window", ""],
                .. byValue.Select(value => (string[])
                [
                    value.Total.Value, Count(value.Total.Sessions), Count(value.Total.SessionsWithCart), Count(value.Total.SessionsWithOrder),
                    Share(value.Total.ConversionRate), Share(value.Total.CartAbandonmentRate), Count(value.Total.Orders),
                    Amount(value.Total.NetMinor, value.Total.Currency), PerOrder(value.Total),
                    Course(starts, value.ByStart, pane => pane.Sessions), StateOf(value.Total),
                ]),
            ],
            to);
    }

    /// <summary>The starts of the last windows up to one, also of those that have no pane, oldest first.</summary>
    private List<long> StartsOf(long firstMs, long lastMs)
    {
        var starts = new List<long>();
        for (var start = lastMs; start >= firstMs && starts.Count < WindowsMax; start = _bounds.StartOf(start - 1))
        {
            starts.Insert(0, start);
        }

        return starts;
    }

    private static string Course(List<long> starts, Dictionary<long, ConversionPane> byStart, Func<ConversionPane, double?> of) =>
        Sparkline.Of(starts.Select(start => byStart.TryGetValue(start, out var pane) ? of(pane) : null));

    private static ConversionPane TotalOf(IEnumerable<ConversionPane> panes) => panes.Aggregate((sum, pane) => sum with
    {
        Sessions = sum.Sessions + pane.Sessions,
        SessionsWithCart = sum.SessionsWithCart + pane.SessionsWithCart,
        SessionsWithOrder = sum.SessionsWithOrder + pane.SessionsWithOrder,
        SessionsWithCartAndOrder = sum.SessionsWithCartAndOrder + pane.SessionsWithCartAndOrder,
        Orders = sum.Orders + pane.Orders,
        OrdersWithoutValue = sum.OrdersWithoutValue + pane.OrdersWithoutValue,
        RevenueMinor = sum.RevenueMinor + pane.RevenueMinor,
        RefundedMinor = sum.RefundedMinor + pane.RefundedMinor,
        Final = sum.Final && pane.Final,
        CohortFinal = sum.CohortFinal && pane.CohortFinal,
        Corrections = sum.Corrections + pane.Corrections,
    });

    /// <summary>What may still change; empty: nothing.</summary>
    private static string StateOf(ConversionPane pane)
    {
        var state = !pane.Final ? "open" : !pane.CohortFinal ? "rates open" : "";
        return pane.Corrections == 0 ? state : $"{state} corrected".TrimStart();
    }

    private string Name(long startMs)
    {
        // With the offset: at the end of summer time an hour comes twice.
        var format = window.Unit switch
        {
            CalendarUnit.Month => "yyyy-MM",
            CalendarUnit.None when window.LengthMs % 60_000 != 0 => "yyyy-MM-dd HH:mm:sszzz",
            CalendarUnit.None => "yyyy-MM-dd HH:mmzzz",
            _ => "yyyy-MM-dd",
        };
        return TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(startMs), zone).ToString(format, CultureInfo.InvariantCulture);
    }

    private string PerOrder(ConversionPane pane) =>
        pane.AverageOrderValueMinor is { } value ? Amount((long)Math.Round(value), pane.Currency) : "-";

    private string Amount(long minor, string? currency) => Money.Show(minor, Money.CurrencyOf(currency, shop));

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Share(double? share) => share is { } known ? (100 * known).ToString("F1", CultureInfo.InvariantCulture) + " %" : "-";
}
