using System.Globalization;
using StreamSegmenter.Connectors.Files;
using StreamSegmenter.Conversions;
using StreamSegmenter.Tests.Replay;
using StreamSegmenter.Tests.Segments.Pack;

namespace StreamSegmenter.Tests.Conversions;

/// <summary>Half a year of a real shop's orders: months and weeks of its own calendar, against a recomputation from the raw invoices.</summary>
public sealed class RetailConversionTests : IDisposable
{
    private static readonly TimeZoneInfo London = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"retail-{Guid.NewGuid():N}.jsonl");

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 8)]
    public void Revenue_orders_repeat_rate_and_cohorts_are_those_of_a_recomputation(int lanes, int shards)
    {
        var facts = PackFact.Retail(SharedData.PathOf("retail_h1"));
        File.WriteAllLines(_file, facts.Select(Json));
        var definitions = Replays.Definitions(Replays.Rule(3600)) with
        {
            Conversions = new ConversionDefinition(
                [ConversionWindow.Month, ConversionWindow.Week], [FirstOrderCohort.MonthName, FirstOrderCohort.WeekName], 100, [], 0)
            { TimeZone = London },
        };

        var panes = Replays.Run(definitions, [new FileInput { Path = _file, Name = "retail" }], lanes, shards: shards, drain: true).ConversionPanes;

        Assert.Equal(Expected(facts, MonthOf, _ => ""), Found(panes, "month", "all"));
        Assert.Equal(Expected(facts, WeekOf, _ => ""), Found(panes, "week", "all"));
        Assert.Equal(Expected(facts, MonthOf, MonthOf), Found(panes, "month", "first_order_month"));
        Assert.Equal(Expected(facts, WeekOf, WeekOf), Found(panes, "week", "first_order_week"));
        var whole = panes.Where(pane => pane.Window == "month" && pane.Dimension == "all").ToList();
        Assert.Equal(facts.Where(IsOrder).Select(fact => fact.Customer).Distinct().Count(), whole.Sum(pane => pane.NewCustomers));
        Assert.All(panes, pane => Assert.Equal(pane.Customers == 0 ? null : (double)pane.RepeatCustomers / pane.Customers, pane.RepeatPurchaseRate));
        Assert.True(whole.Count >= 6 && whole.All(pane => pane.RepeatCustomers is > 0), "months without customers who come back show nothing");
    }

    private static List<string> Found(IReadOnlyList<ConversionPane> panes, string window, string dimension) =>
    [
        .. panes.Where(pane => pane.Window == window && pane.Dimension == dimension && pane.Orders > 0)
            .Select(pane => $"{NameOf(pane)} {pane.Value}: {pane.Orders} {pane.RevenueMinor} {pane.Customers} {pane.NewCustomers} {pane.RepeatCustomers}")
            .Order(StringComparer.Ordinal),
    ];

    private static string NameOf(ConversionPane pane) => pane.Window == "month" ? MonthOf(pane.StartMs) : WeekOf(pane.StartMs);

    private static List<string> Expected(
        List<PackFact> facts, Func<long, string> windowOf, Func<long, string> cohortOf)
    {
        var orders = facts.Where(IsOrder).ToList();
        var first = orders.GroupBy(order => order.Customer).ToDictionary(customer => customer.Key, customer => customer.First());
        return
        [
            .. orders.GroupBy(order => (Window: windowOf(order.TimeMs), Cohort: cohortOf(first[order.Customer].TimeMs))).Select(pane =>
                $"{pane.Key.Window} {pane.Key.Cohort}: {pane.Count()} {pane.Sum(order => order.TotalMinor)} {pane.Select(order => order.Customer).Distinct().Count()} "
                + $"{pane.Count(order => ReferenceEquals(order, first[order.Customer]))} "
                + $"{pane.Where(order => !ReferenceEquals(order, first[order.Customer])).Select(order => order.Customer).Distinct().Count()}")
                .Order(StringComparer.Ordinal),
        ];
    }

    private static bool IsOrder(PackFact fact) => fact.Type == "order_completed";

    private static string MonthOf(long timeMs) => LocalOf(timeMs).ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private static string WeekOf(long timeMs) =>
        string.Create(CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(LocalOf(timeMs)):0000}-W{ISOWeek.GetWeekOfYear(LocalOf(timeMs)):00}");

    private static DateTime LocalOf(long timeMs) => TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(timeMs), London).DateTime;

    private static string Json(PackFact fact) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"event_type":"{{fact.Type}}","event_time":{{fact.TimeMs}},"customer_id":"{{fact.Customer}}","order_id":"{{fact.OrderId}}","total_minor":{{fact.TotalMinor}},"currency":"EUR"}""");
}
