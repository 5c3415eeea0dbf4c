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
