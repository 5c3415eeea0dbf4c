using System.Text.Json;
using StreamSegmenter.Tests.Commands;

namespace StreamSegmenter.Tests.Replay;

/// <summary>Small inputs in shapes that shops' bug reports describe, with the right answer of each. They lie in a folder
/// <c>shared/cases</c> beside the project; without it the tests are skipped.</summary>
public sealed class MeaningCaseTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Orders_of_one_session_convert_it_once_and_another_currency_does_not_lower_the_average()
    {
        await ReplayAsync("18-conversion-rate-multi-order");
        var days = Lines("conversion-metrics.jsonl");
        var first = days.Last(day => day.GetProperty("start").GetString()!.StartsWith("2026-03-10", StringComparison.Ordinal));
        var second = days.Last(day => day.GetProperty("start").GetString()!.StartsWith("2026-03-11", StringComparison.Ordinal));
        Assert.Equal((1, 1, 1, 1.0), (Number(first, "sessions"), Number(first, "sessionsWithCart"), Number(first, "sessionsWithOrder"), Rate(first, "conversionRate")));
        Assert.Equal((3, 0, 0.0), (Number(second, "sessions"), Number(second, "sessionsWithOrder"), Rate(second, "conversionRate")));
        Assert.Equal((3, 1, 1200, 600.0), (Number(second, "orders"), Number(second, "ordersWithoutValue"), Number(second, "revenueMinor"), Rate(second, "averageOrderValueMinor")));
        Assert.Equal((2, 1.0), (Number(second, "sessionsWithCart"), Rate(second, "cartAbandonmentRate")));
        Assert.Equal(["u2", "u3"], Customers("cart-abandonment.jsonl"));
    }

    [Fact]
    public async Task A_cohort_of_a_range_of_dates_holds_those_who_bought_in_it()
    {
        await ReplayAsync("25-cohort-by-date-range");
        Assert.Equal(["u1"], Customers("segment-membership.jsonl"));
    }

    [Fact]
    public async Task A_quantity_of_zero_adds_nothing_a_negative_one_takes_out_and_lines_without_a_product_are_apart()
    {
        await ReplayAsync("29-quantity-zero-and-negative");
        var carts = Lines("cart-abandonment.jsonl").ToDictionary(cart => cart.GetProperty("customerId").GetString()!, cart => Number(cart, "totalMinor"));
        Assert.Equal([("neg", 1000L), ("nopid", 3000L), ("rem", 3000L)], carts.Select(cart => (cart.Key, cart.Value)).Order());
    }

    [Theory]
    [InlineData("config-carts-first.yaml")]
    [InlineData("config-orders-first.yaml")]
    public async Task Added_and_bought_within_one_second_is_bought_whichever_input_is_named_first(string config)
    {
        await ReplayAsync("33-ties-at-one-second", config);
        Assert.Empty(Lines("cart-abandonment.jsonl"));
    }

    [Fact]
    public async Task A_cart_gets_one_mail_and_what_the_shop_reports_behind_its_order_opens_no_other()
    {
        await ReplayAsync("34-activity-after-the-mail");
        Assert.Equal(
            [("u1", "emitted", "2026-03-10T10:05:00.000Z"), ("u1", "recovered", "2026-03-10T10:05:00.000Z")],
            Lines("cart-abandonment.jsonl").Select(line =>
                (line.GetProperty("customerId").GetString()!, line.GetProperty("kind").GetString()!, line.GetProperty("firedAt").GetString()!)));
    }

    private async Task ReplayAsync(string name, string config = "config.yaml")
    {
        SharedData.Require();
        var folder = Path.Combine(SharedData.Root!, "..", "cases", name);
        Assert.SkipWhen(!Directory.Exists(folder), $"needs shared/cases/{name} beside the project, which is not there");
        Assert.True(
            await _cli.RunAsync("replay", "--config", Path.Combine(folder, config), "--out", _cli.PathOf("out")) == 0, _cli.Error + _cli.Out);
    }

    private List<JsonElement> Lines(string file) =>
        [.. File.ReadLines(_cli.PathOf("out/" + file)).Select(line => JsonDocument.Parse(line).RootElement)];

    private IEnumerable<string> Customers(string file) => Lines(file).Select(line => line.GetProperty("customerId").GetString()!).Distinct().Order();

    private static long Number(JsonElement line, string name) => line.GetProperty(name).GetInt64();

    private static double Rate(JsonElement line, string name) => line.GetProperty(name).GetDouble();
}
