using System.Text.Json;
using StreamSegmenter.Tests.Configuration;

namespace StreamSegmenter.Tests.Commands;

public sealed class ReplayCommandTests : IDisposable
{
    private const string Shop = """
        inputs:
          - file: events.jsonl
            sort: event_time
        currency: EUR
        cartAbandonment:
          - {id: left, after: 30m, reentry: at-once}
        segments:
          - {id: buyer, when: "did(order_completed)"}
        conversions: {windows: [1h], funnel: [product_added, order_completed]}
        """;

    private static readonly string[] Files =
    [
        "cart-abandonment.jsonl", "conversion-metrics.jsonl", "dead-letters.jsonl", "late-events.jsonl", "segment-membership.jsonl",
        "summary.json", "suppressed-triggers.jsonl",
    ];

    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task The_results_are_seven_files_and_nothing_unfinished()
    {
        var summary = await ReplayAsync("out");

        Assert.Equal(Files, Directory.GetFiles(_cli.PathOf("out")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(
            [
                "events", "eventsByType", "customers", "sessions", "sessionsWithCart", "sessionsWithOrder", "sessionsWithCartAndOrder",
                "triggersEmitted", "triggersRetracted", "triggersRecovered", "triggersSuppressed", "triggersPending",
                "membershipChanges", "deadLetters", "late", "partial", "filtered", "roundedAmounts", "maxEventTime", "neverFound", "neverSeen",
                "rules", "segments",
            ],
            summary.EnumerateObject().Select(property => property.Name));
        Assert.Equal(4, summary.GetProperty("events").GetInt64());
        Assert.Equal(["order_completed", "product_added"], summary.GetProperty("eventsByType").EnumerateObject().Select(type => type.Name));
        Assert.Equal((1, 1), (summary.GetProperty("triggersEmitted").GetInt32(), summary.GetProperty("triggersPending").GetInt32()));
        Assert.Equal((1, 1), (summary.GetProperty("membershipChanges").GetInt32(), summary.GetProperty("deadLetters").GetInt32()));
        Assert.Equal("2026-01-01T12:00:00.000Z", summary.GetProperty("maxEventTime").GetString());
        Assert.Contains("\"customerId\":\"ann\"", File.ReadAllText(_cli.PathOf("out/cart-abandonment.jsonl")), StringComparison.Ordinal);
        Assert.Contains("\"offset\":3", File.ReadAllText(_cli.PathOf("out/dead-letters.jsonl")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_summary_counts_by_rule_and_by_segment()
    {
        var summary = await ReplayAsync("out");

        var rule = summary.GetProperty("rules").GetProperty("left");
        Assert.Equal((1, 0), (rule.GetProperty("emitted").GetInt32(), rule.GetProperty("recovered").GetInt32()));
        Assert.Equal("""{"1":1}""", rule.GetProperty("steps").GetRawText().Replace("\n", "").Replace(" ", ""));
        Assert.Equal(1, summary.GetProperty("segments").GetProperty("buyer").GetProperty("members").GetInt32());
    }

    [Fact]
    public async Task Two_configurations_are_compared_over_the_same_input()
    {
        _cli.Write("other.yaml", Shop.Replace("30m", "10h").Replace("{id: buyer", "{id: looker, when: \"did(product_added)\"}\n  - {id: buyer"));
        await ReplayAsync("out", "--compare", _cli.PathOf("other.yaml"));

        using var comparison = JsonDocument.Parse(File.ReadAllText(_cli.PathOf("out/comparison.json")));
        var (these, others) = (comparison.RootElement.GetProperty("this"), comparison.RootElement.GetProperty("other"));
        Assert.Equal("other.yaml", others.GetProperty("name").GetString());
        Assert.Equal(1, these.GetProperty("rules").GetProperty("left").GetProperty("emitted").GetInt32());
        Assert.Equal(0, others.GetProperty("rules").GetProperty("left").GetProperty("emitted").GetInt32());
        Assert.False(these.GetProperty("segments").TryGetProperty("looker", out _));
        Assert.True(others.GetProperty("segments").GetProperty("looker").GetProperty("members").GetInt32() > 0);
        Assert.True(File.Exists(_cli.PathOf("out/compared/summary.json")));
    }

    [Fact]
    public async Task Other_values_are_compared_without_another_file()
    {
        await ReplayAsync("out", "--compare-set", "cartAbandonment[0].after=10h");

        using var comparison = JsonDocument.Parse(File.ReadAllText(_cli.PathOf("out/comparison.json")));
        Assert.Equal(0, comparison.RootElement.GetProperty("other").GetProperty("rules").GetProperty("left").GetProperty("emitted").GetInt32());
        Assert.Contains("rule left", _cli.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Definitions_take_over_at_the_instant_that_a_change_names()
    {
        _cli.Write("other.yaml", Shop.Replace("{id: buyer, when: \"did(order_completed)\"}", "{id: customer, when: \"did(order_completed)\"}"));
        await ReplayAsync("out", "--change", $"2026-01-01T11:30:00Z={_cli.PathOf("other.yaml")}");

        var lines = File.ReadAllLines(_cli.PathOf("out/segment-membership.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)
            .Select(change => $"{change.GetProperty("segment").GetString()} {change.GetProperty("kind").GetString()} {change.GetProperty("at").GetString()}");
        Assert.Equal(
            ["buyer entered 2026-01-01T11:00:00.000Z", "buyer exited 2026-01-01T11:30:00.000Z", "customer entered 2026-01-01T11:30:00.000Z"], lines);
    }

    [Fact]
    public async Task Changes_at_the_very_end_of_the_input_take_over_one_after_the_other()
    {
        var second = _cli.Write("second.yaml", Shop.Replace("{id: buyer,", "{id: second,"));
        var third = _cli.Write("third.yaml", Shop.Replace("{id: buyer,", "{id: third,"));
        await ReplayAsync("out", "--change", $"2026-01-01T11:59:59.500Z={second}", "--change", $"2026-01-01T12:00:00Z={third}");

        var members = Summary("out").GetProperty("segments").EnumerateObject().Select(segment => $"{segment.Name} {segment.Value.GetProperty("members")}");
        Assert.Equal(["buyer 0", "second 0", "third 1"], members);
    }

    [Theory]
    [InlineData("tomorrow=x.yaml", "--change expects time=file, such as 2026-11-27T00:00:00Z=new.yaml, found 'tomorrow=x.yaml'")]
    [InlineData("2026-01-01T00:00:00Z=none.yaml", "the definitions of 'none.yaml' cannot be used")]
    public async Task A_change_that_cannot_be_used_is_refused_with_its_reason(string change, string reason)
    {
        _cli.Write("shop.yaml", Shop);
        _cli.Write("events.jsonl", "");

        Assert.Equal(2, await _cli.RunAsync("replay", "--config", _cli.PathOf("shop.yaml"), "--out", _cli.PathOf("out"), "--change", change));
        Assert.Contains(reason, _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drained_the_deadlines_behind_the_last_event_fire_too()
    {
        var summary = await ReplayAsync("out", "--drain");

        Assert.Equal((2, 0), (summary.GetProperty("triggersEmitted").GetInt32(), summary.GetProperty("triggersPending").GetInt32()));
    }

    [Fact]
    public async Task An_override_changes_the_rule()
    {
        var summary = await ReplayAsync("out", "--set", "cartAbandonment[0].after=3h");

        Assert.Equal((0, 2), (summary.GetProperty("triggersEmitted").GetInt32(), summary.GetProperty("triggersPending").GetInt32()));
    }

    [Fact]
    public async Task The_files_are_the_same_bytes_whatever_the_number_of_lanes()
    {
        var events = _cli.PathOf("events.jsonl.gz");
        Assert.Equal(0, await _cli.RunAsync("generate", "--count", "20000", "--customers", "500", "--sessions", "50", "--rate", "5", "--out", events));
        var config = RepositoryFiles.PathOf("samples/shop.yaml");
        foreach (var lanes in new[] { "1", "3" })
        {
            Assert.Equal(0, await _cli.RunAsync(
                "replay", "--config", config, "--out", _cli.PathOf(lanes), "--lanes", lanes,
                "--set", $"inputs=[{{file: {events}}}]", "--set", "cartAbandonment[0].minTotal=1"));
        }

        Assert.All(Files, name => Assert.Equal(File.ReadAllBytes(_cli.PathOf($"1/{name}")), File.ReadAllBytes(_cli.PathOf($"3/{name}"))));
        Assert.True(new FileInfo(_cli.PathOf("1/cart-abandonment.jsonl")).Length > 0);
        Assert.True(new FileInfo(_cli.PathOf("1/segment-membership.jsonl")).Length > 0);
    }

    [Theory]
    [InlineData("taobao", "taobao_UserBehavior_head_84476lines.csv", "1800s", 84_475, 14_122, 2_656, 9, 1)]
    [InlineData("taobao", "taobao_UserBehavior_head_84476lines.csv", "3600s", 84_475, 14_122, 2_487, 19, 1)]
    [InlineData("otto", "otto_20_sessions.jsonl", "1800s", 862, 144, 19, 0, 0)]
    [InlineData("otto", "otto_20_sessions.jsonl", "3600s", 862, 144, 17, 0, 0)]
    [InlineData("rees46", "rees46_2019-Oct_first1000.csv", "1800s", 1_000, 330, 0, 1, 0)]
    public async Task The_samples_read_the_real_clickstreams(
        string sample, string file, string after, int events, int sessions, int emitted, int pending, int deadLetters)
    {
        Assert.Equal(0, await _cli.RunAsync(
            "replay", "--config", RepositoryFiles.PathOf($"samples/replay/{sample}.yaml"), "--out", _cli.PathOf("out"),
            "--set", $"inputs[0].file={SharedData.PathOf($"clickstream/{file}")}", "--set", $"cartAbandonment[0].after={after}"));

        var summary = Summary("out");
        Assert.Equal(
            (events, sessions, emitted, pending, deadLetters),
            (Int(summary, "events"), Int(summary, "sessions"), Int(summary, "triggersEmitted"), Int(summary, "triggersPending"),
                Int(summary, "deadLetters")));
    }

    [Fact]
    public async Task Inspect_shows_one_customer_after_a_replay()
    {
        var config = WriteShop();

        Assert.Equal(0, await _cli.RunAsync("inspect", "--config", config, "--customer", "bob"));
        Assert.Contains("bob as of 2026-01-01", _cli.Out, StringComparison.Ordinal);
        Assert.Matches("buyer +member since 2026-01-01 11:00:00.000Z", _cli.Out);
        Assert.Equal(1, await _cli.RunAsync("inspect", "--config", config, "--customer", "nobody"));
        Assert.Contains("the inputs have no event of a customer 'nobody'", _cli.Error, StringComparison.Ordinal);
    }

    private static int Int(JsonElement summary, string name) => summary.GetProperty(name).GetInt32();

    private async Task<JsonElement> ReplayAsync(string folder, params string[] more)
    {
        Assert.Equal(0, await _cli.RunAsync(["replay", "--config", WriteShop(), "--out", _cli.PathOf(folder), .. more]));
        return Summary(folder);
    }

    private JsonElement Summary(string folder) => JsonDocument.Parse(File.ReadAllText(_cli.PathOf($"{folder}/summary.json"))).RootElement;

    private string WriteShop()
    {
        _cli.Write("events.jsonl", """
            {"event_type":"product_added","event_time":"2026-01-01T10:00:00Z","customer_id":"ann","product_id":"p"}
            {"event_type":"product_added","event_time":"2026-01-01T12:00:00Z","customer_id":"bob","product_id":"p"}
            {"event_type":"product_added"
            {"event_type":"order_completed","event_time":"2026-01-01T11:00:00Z","customer_id":"bob","total":"9.90"}
            {"event_type":"product_added","event_time":"2026-01-01T10:50:00Z","customer_id":"bob","product_id":"q"}
            """);
        return _cli.Write("c.yaml", Shop);
    }
}
