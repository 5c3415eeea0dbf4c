using System.Buffers;
using System.Globalization;
using StreamSegmenter.Conversions;

namespace StreamSegmenter.Host.ShopMetrics;

/// <summary>Writes panes as CSV (RFC 4180): names and units as in the JSON of a replay, one column per step of the funnel.</summary>
internal static class MetricsCsv
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    private static readonly (string Name, Func<ConversionPane, object?> Of)[] Columns =
    [
        ("window", pane => pane.Window), ("start", pane => Iso(pane.StartMs)), ("end", pane => Iso(pane.EndMs)),
        ("dimension", pane => pane.Dimension), ("value", pane => pane.Value), ("events", pane => pane.Events),
        ("visitors", pane => pane.Visitors), ("sessions", pane => pane.Sessions), ("sessionsWithCart", pane => pane.SessionsWithCart),
        ("sessionsWithOrder", pane => pane.SessionsWithOrder), ("sessionsWithCartAndOrder", pane => pane.SessionsWithCartAndOrder),
        ("orders", pane => pane.Orders), ("ordersWithoutValue", pane => pane.OrdersWithoutValue), ("revenueMinor", pane => pane.RevenueMinor),
        ("refundedMinor", pane => pane.RefundedMinor), ("netMinor", pane => pane.NetMinor), ("currency", pane => pane.Currency),
        ("conversionRate", pane => pane.ConversionRate), ("cartAbandonmentRate", pane => pane.CartAbandonmentRate),
        ("averageOrderValueMinor", pane => pane.AverageOrderValueMinor), ("final", pane => pane.Final ? "true" : "false"),
        ("cohortFinal", pane => pane.CohortFinal ? "true" : "false"), ("corrections", pane => pane.Corrections),
    ];

    public static void Write(IReadOnlyList<ConversionPane> panes, IReadOnlyList<string> steps, TextWriter to)
    {
        WriteLine(Columns.Select(column => column.Name).Concat(steps.Select(step => "funnel." + step)), to);
        foreach (var pane in panes)
        {
            var reached = steps.Select(step => (object?)pane.Funnel.FirstOrDefault(counted => counted.Step == step)?.Sessions);
            WriteLine(Columns.Select(column => column.Of(pane)).Concat(reached), to);
        }
    }

    private static void WriteLine(IEnumerable<object?> cells, TextWriter to) => to.WriteLine(string.Join(',', cells.Select(Cell)));

    private static string Cell(object? value)
    {
        var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        return text.AsSpan().ContainsAny(Special) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    private static string Iso(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
