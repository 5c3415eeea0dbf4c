using System.Globalization;
using System.Text.Json;

namespace StreamSegmenter.Tests.Commands;

/// <summary>What a replay by the program found, in lines that a test can compare.</summary>
internal sealed class Replayed : IDisposable
{
    private readonly Cli _cli = new();

    public int ExitCode { get; private set; }

    public string Error => _cli.Error;

    public string Out => _cli.Out;

    public string Folder => _cli.Folder;

    /// <summary>Runs a configuration that stands beside its files.</summary>
    public static async Task<Replayed> RunAsync(string config, params string[] more)
    {
        var replayed = new Replayed();
        replayed.ExitCode = await replayed._cli.RunAsync(["replay", "--config", config, "--out", replayed._cli.PathOf("out"), .. more]);
        return replayed;
    }

    /// <summary>Runs a rule for carts of 30 minutes over one file of these lines.</summary>
    public static async Task<Replayed> OfAsync(string events, string rule = "after: 30m", string file = "events.jsonl")
    {
        var replayed = new Replayed();
        replayed._cli.Write(file, events);
        var config = replayed._cli.Write("c.yaml", $$"""
            inputs: [{file: {{file}}}]
            currency: EUR
            cartAbandonment: [{id: abandoned, {{rule}}}]
            """);
        replayed.ExitCode = await replayed._cli.RunAsync("replay", "--config", config, "--out", replayed._cli.PathOf("out"));
        return replayed;
    }

    public long Figure(string name) => Summary().GetProperty(name).GetInt64();

    public JsonElement Summary() => JsonDocument.Parse(File.ReadAllText(_cli.PathOf("out/summary.json"))).RootElement;

    /// <summary>Emitted triggers as <c>ann 10:30:20 p1x1@10.00+p2x2 =50.00</c>, sorted.</summary>
    public string Triggers => string.Join(" | ", Lines("cart-abandonment").Where(t => Text(t, "kind") == "emitted").Select(Describe).Order(StringComparer.Ordinal));

    public string Suppressed => string.Join(
        " | ", Lines("suppressed-triggers").Select(s => $"{Text(s, "reason")} {Describe(s.GetProperty("trigger"))}").Order(StringComparer.Ordinal));

    public string[] DeadLetters => [.. Lines("dead-letters").Select(d => $"{Text(d, "kind")} {d.GetProperty("offset")} {Text(d, "reason")}")];

    public IEnumerable<JsonElement> Lines(string file) =>
        File.ReadLines(_cli.PathOf($"out/{file}.jsonl")).Select(line => JsonDocument.Parse(line).RootElement);

    /// <summary>Orders and revenue of all days together.</summary>
    public (long Orders, long RevenueMinor) Revenue()
    {
        var panes = Lines("conversion-metrics").Where(pane => Text(pane, "dimension") == "all").ToArray();
        return (panes.Sum(pane => pane.GetProperty("orders").GetInt64()), panes.Sum(pane => pane.GetProperty("revenueMinor").GetInt64()));
    }

    public void Dispose() => _cli.Dispose();

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? "";

    private static string Describe(JsonElement trigger)
    {
        var lines = trigger.GetProperty("lines").EnumerateArray().Select(line =>
            $"{Text(line, "productId")}x{line.GetProperty("quantity")}{(Minor(line, "priceMinor") is { } price ? "@" + price : "")}");
        var total = Minor(trigger, "totalMinor");
        return $"{Text(trigger, "customerId")} {Text(trigger, "firedAt")[11..19]} {string.Join("+", lines)} ={total ?? "?"}";
    }

    private static string? Minor(JsonElement json, string name) => json.GetProperty(name) is { ValueKind: JsonValueKind.Number } minor
        ? (minor.GetInt64() / 100m).ToString("0.00", CultureInfo.InvariantCulture)
        : null;
}
