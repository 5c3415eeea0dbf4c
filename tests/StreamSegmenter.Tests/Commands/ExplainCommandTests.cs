using System.Text.Json;

namespace StreamSegmenter.Tests.Commands;

/// <summary>What a person reads who asks why a customer got a trigger, or got none. Ann puts two shoes into a cart at 10:00.</summary>
public sealed class ExplainCommandTests : IDisposable
{
    private const string Cart =
        """{"event_type":"product_added","event_time":"2026-01-01T10:00:00Z","customer_id":"ann","product_id":"shoe","quantity":2,"price":"29.90"}""";

    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Before_there_is_a_cart_nothing_is_armed() => Assert.Equal(
        """
        ann at 2026-01-01 09:59:59.000Z
        last seen 2026-01-01 09:50:00.000Z

        Carts: none; one that is ordered, emptied or forgotten is gone

        What happened: nothing

        What happens next, if nothing happens: nothing

        Segments: none defined
        """,
        await ExplainAsync("09:59:59", "", """{"event_type":"page_viewed","event_time":"2026-01-01T09:50:00Z","customer_id":"ann"}"""));

    [Fact]
    public async Task An_armed_deadline_shows_its_time_and_its_effect() => Assert.Equal(
        """
        ann at 2026-01-01 10:20:00.000Z
        last seen 2026-01-01 10:00:00.000Z

        Carts
          (implicit)               stage cart, made 2026-01-01 10:00:00.000Z, last activity 2026-01-01 10:00:00.000Z
                                   2 x shoe at 29.90 EUR
                                   rule left: step 1 due 2026-01-01 10:30:00.000Z, in 10m

        What happened: nothing

        What happens next, if nothing happens
          2026-01-01 10:30:00.000Z fires      rule left, step 1, the implicit cart, 59.80 EUR
                                              trigger 2f2c2b9d22cb638e35b61118d10bb878
          2026-01-31 10:00:00.000Z forgotten  the implicit cart
                                              no activity in it for 30d

        Segments: none defined
        """,
        await ExplainAsync("10:20:00", ""));

    [Fact]
    public async Task A_fired_trigger_is_shown_with_its_id_and_the_next_step_is_armed() => Assert.Equal(
        """
        ann at 2026-01-01 10:30:00.000Z
        last seen 2026-01-01 10:00:00.000Z

        Carts
          (implicit)               stage cart, made 2026-01-01 10:00:00.000Z, last activity 2026-01-01 10:00:00.000Z
                                   2 x shoe at 29.90 EUR
                                   rule left: fired last 2026-01-01 10:30:00.000Z; step 2 due 2026-01-02 10:00:00.000Z, in 23h 30m

        What happened
          2026-01-01 10:30:00.000Z fires      rule left, step 1, the implicit cart, 59.80 EUR
                                              trigger 74e1d8b3e5051c0952a7a47ba2a7c722

        What happens next, if nothing happens
          2026-01-02 10:00:00.000Z fires      rule left, step 2, the implicit cart, 59.80 EUR
                                              trigger 107b2375225f1154fd84b4af27df06d9
          2026-01-31 10:00:00.000Z forgotten  the implicit cart
                                              no activity in it for 30d

        Segments: none defined
        """,
        await ExplainAsync("10:30:00", "steps: [30m, 24h]"));

    [Fact]
    public async Task A_cart_that_is_worth_too_little_is_suppressed_with_both_amounts() => Assert.Equal(
        """
        ann at 2026-01-01 10:31:00.000Z
        last seen 2026-01-01 10:00:00.000Z

        Carts
          (implicit)               stage cart, made 2026-01-01 10:00:00.000Z, last activity 2026-01-01 10:00:00.000Z
                                   2 x shoe at 29.90 EUR
                                   rule left: not armed

        What happened
          2026-01-01 10:30:00.000Z suppressed rule left, step 1, the implicit cart, 59.80 EUR
                                              minTotal: the cart is worth 59.80 EUR, the rule wants at least 60.00 EUR

        What happens next, if nothing happens
          2026-01-31 10:00:00.000Z forgotten  the implicit cart
                                              no activity in it for 30d

        Segments: none defined
        """,
        await ExplainAsync("10:31:00", "minTotal: 60.00"));

    [Fact]
    public async Task A_customer_in_the_holdout_is_shown_as_such() => Assert.Equal(
        """
        ann at 2026-01-01 10:31:00.000Z
        last seen 2026-01-01 10:00:00.000Z

        Carts
          (implicit)               stage cart, made 2026-01-01 10:00:00.000Z, last activity 2026-01-01 10:00:00.000Z
                                   2 x shoe at 29.90 EUR
                                   rule left: held out 2026-01-01 10:30:00.000Z, not armed again

        What happened
          2026-01-01 10:30:00.000Z suppressed rule left, step 1, the implicit cart, 59.80 EUR
                                              holdout: the customer is in the share that is recorded but never sent

        What happens next, if nothing happens
          2026-01-31 10:00:00.000Z forgotten  the implicit cart
                                              no activity in it for 30d

        Segments: none defined
        """,
        await ExplainAsync("10:31:00", "holdout: 100%"));

    [Fact]
    public async Task A_step_above_the_frequency_cap_is_suppressed_with_the_cap() => Assert.Equal(
        """
        ann at 2026-01-01 11:31:00.000Z
        last seen 2026-01-01 10:00:00.000Z

        Carts
          (implicit)               stage cart, made 2026-01-01 10:00:00.000Z, last activity 2026-01-01 10:00:00.000Z
                                   2 x shoe at 29.90 EUR
                                   rule left: fired last 2026-01-01 10:30:00.000Z, not armed again

        What happened
          2026-01-01 10:30:00.000Z fires      rule left, step 1, the implicit cart, 59.80 EUR
                                              trigger 7db2162d770bcc73a06c0c61113deea9
          2026-01-01 11:30:00.000Z suppressed rule left, step 2, the implicit cart, 59.80 EUR
                                              frequencyCap: 1 sent within 1d already

        What happens next, if nothing happens
          2026-01-31 10:00:00.000Z forgotten  the implicit cart
                                              no activity in it for 30d

        Segments: none defined
        """,
        await ExplainAsync("11:31:00", "steps: [30m, 90m], frequencyCap: {max: 1, per: 1d}"));

    [Fact]
    public async Task A_step_in_quiet_hours_waits_for_their_end() => Assert.Equal(
        """
        ann at 2026-01-01 10:31:00.000Z
        last seen 2026-01-01 10:00:00.000Z

        Carts
          (implicit)               stage cart, made 2026-01-01 10:00:00.000Z, last activity 2026-01-01 10:00:00.000Z
                                   2 x shoe at 29.90 EUR
                                   rule left: step 1 due 2026-01-01 11:00:00.000Z, in 29m; deferred from 2026-01-01 10:30:00.000Z by quiet hours

        What happened: nothing

        What happens next, if nothing happens
          2026-01-01 11:00:00.000Z fires      rule left, step 1, the implicit cart, 59.80 EUR
                                              trigger 2c269000ab905b48bdb8820bd5b39a02; due 2026-01-01 10:30:00.000Z, deferred by quiet hours
          2026-01-31 10:00:00.000Z forgotten  the implicit cart
                                              no activity in it for 30d

        Segments: none defined
        """,
        await ExplainAsync("10:31:00", "quietHours: {from: '10:15', to: '11:00'}"));

    [Fact]
    public async Task An_order_leaves_no_cart_and_recovers_what_fired() => Assert.Equal(
        """
        ann at 2026-01-01 11:30:00.000Z
        last seen 2026-01-01 11:00:00.000Z

        Carts: none; one that is ordered, emptied or forgotten is gone

        What happened
          2026-01-01 10:30:00.000Z fires      rule left, step 1, the implicit cart, 59.80 EUR
                                              trigger 2f2c2b9d22cb638e35b61118d10bb878
          2026-01-01 11:00:00.000Z recovered  rule left, step 1, the implicit cart
                                              order o-1, 59.80 EUR; trigger 2f2c2b9d22cb638e35b61118d10bb878

        What happens next, if nothing happens: nothing

        Segments: none defined
        """,
        await ExplainAsync(
            "11:30:00", "", """{"event_type":"order_completed","event_time":"2026-01-01T11:00:00Z","customer_id":"ann","order_id":"o-1","total":"59.80"}"""));

    [Fact]
    public async Task A_script_gets_the_same_as_one_JSON_object()
    {
        await ExplainAsync("10:31:00", "steps: [30m, 24h], quietHours: {from: '09:00', to: '10:15'}");

        Assert.Equal(0, await _cli.RunAsync(
            "explain", "--config", _cli.PathOf("c.yaml"), "--customer", "ann", "--at", "2026-01-01T10:31:00Z", "--json"));
        var json = JsonDocument.Parse(_cli.Out).RootElement;
        Assert.Equal("2026-01-01T10:31:00.000Z", json.GetProperty("at").GetString());
        var deadline = json.GetProperty("carts")[0].GetProperty("deadlines")[0];
        Assert.Equal((2, "2026-01-02T10:00:00.000Z"), (deadline.GetProperty("step").GetInt32(), deadline.GetProperty("dueAt").GetString()));
        var fired = json.GetProperty("past")[0].GetProperty("trigger");
        Assert.Equal(("emitted", 5980), (fired.GetProperty("kind").GetString(), fired.GetProperty("totalMinor").GetInt64()));
        Assert.Equal(
            ["deferred", "trigger", "forgotten"],
            json.GetProperty("next").EnumerateArray().Select(happening => happening.GetProperty("what").GetString()));
    }

    [Fact]
    public async Task The_past_is_the_same_out_of_the_results_of_a_replay()
    {
        var told = await ExplainAsync("10:31:00", "holdout: 100%");
        var config = _cli.PathOf("c.yaml");

        Assert.Equal(0, await _cli.RunAsync("replay", "--config", config, "--out", _cli.PathOf("results"), "--drain"));
        Assert.Equal(0, await _cli.RunAsync(
            "explain", "--config", config, "--customer", "ann", "--at", "2026-01-01T10:31:00Z", "--replay", _cli.PathOf("results")));
        Assert.Equal(told, Page());
        Assert.Equal(2, await _cli.RunAsync("explain", "--config", config, "--customer", "ann", "--replay", _cli.PathOf("gone")));
        Assert.Contains("Name the folder that 'streamsegmenter replay --out' wrote", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_customer_is_exit_1_with_the_nearest_one()
    {
        await ExplainAsync("10:31:00", "");

        Assert.Equal(1, await _cli.RunAsync("explain", "--config", _cli.PathOf("c.yaml"), "--customer", "anne"));
        Assert.Equal("streamsegmenter: the inputs have no event of a customer 'anne'. Did you mean 'ann'?", _cli.Error.TrimEnd());
        Assert.Equal(1, await _cli.RunAsync("explain", "--config", _cli.PathOf("c.yaml"), "--customer", "ann", "--at", "2026-01-01"));
        Assert.Contains("no event of a customer 'ann' up to 2026-01-01 00:00:00.000Z", _cli.Error, StringComparison.Ordinal);
    }

    /// <returns>The page.</returns>
    private async Task<string> ExplainAsync(string at, string rule, params string[] events)
    {
        _cli.Write("events.jsonl", string.Join('\n', [Cart, .. events]));
        var config = _cli.Write("c.yaml", $$"""
            inputs: [{file: events.jsonl, sort: event_time}]
            currency: EUR
            cartAbandonment: [{id: left{{(rule.Contains("steps") ? "" : ", after: 30m")}}{{(rule.Length == 0 ? "" : ", " + rule)}}}]
            """);
        Assert.True(await _cli.RunAsync("explain", "--config", config, "--customer", "ann", "--at", $"2026-01-01T{at}Z") == 0, _cli.Error);
        return Page();
    }

    private string Page() => _cli.Out.ReplaceLineEndings("\n").TrimEnd('\n');
}
