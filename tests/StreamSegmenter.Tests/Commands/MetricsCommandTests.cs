using System.Text.Json;

namespace StreamSegmenter.Tests.Commands;

/// <summary><c>metrics</c> over what a replay wrote: a small shop whose numbers can be counted by hand.</summary>
public sealed class MetricsCommandTests : IDisposable
{
    private const string Configuration = """
        timeZone: Europe/Berlin
        currency: EUR
        grace: 5m
        inputs:
          - file: shop.jsonl
        conversions:
          windows: [1h, day]
          dimensions: [channel]
          horizon: 1h
        """;

    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task All_traffic_is_shown_window_by_window_in_the_shops_time()
    {
        await ReplayAsync();

        Assert.Equal(0, await MetricsAsync());

        Assert.Equal(
            """
            1h, all traffic, 2026-01-01 11:00+01:00 to 2026-01-01 14:00+01:00 (Europe/Berlin)

            window                  visitors  sessions  with cart  with order  conversion  abandonment  orders  net revenue  per order
            2026-01-01 11:00+01:00         2         2          2           1      50.0 %       50.0 %       1    30.00 EUR  30.00 EUR
            2026-01-01 14:00+01:00         1         1          0           0       0.0 %            -       0     0.00 EUR          -  open

            visitors     █  ▅
            sessions     █  ▅
            conversion   █  ▁
            net revenue  █  ▁

            """.ReplaceLineEndings(), _cli.Out);
        Assert.Equal("", _cli.Error);
    }

    [Fact]
    public async Task A_dimension_is_shown_value_by_value_over_all_windows_the_busiest_first()
    {
        await ReplayAsync();

        Assert.Equal(0, await MetricsAsync("--dimension", "channel"));

        var rows = _cli.Out.Split(Environment.NewLine)[2..];
        Assert.StartsWith("value", rows[0], StringComparison.Ordinal);
        Assert.Equal(["mail", "2", "1", "1", "50.0", "%", "0.0", "%", "1", "30.00", "EUR", "30.00", "EUR", "█", "█", "open"], Cells(rows[1]));
        Assert.Equal(["a,\"b\"??[2J", "1", "1", "0", "0.0", "%", "100.0", "%", "0", "0.00", "EUR", "-", "█"], Cells(rows[2]));
    }

    [Fact]
    public async Task Csv_has_every_record_of_the_replay_with_its_own_numbers()
    {
        await ReplayAsync();

        Assert.Equal(0, await MetricsAsync("--dimension", "channel", "--csv"));

        var lines = _cli.Out.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        var names = lines[0].Split(',');
        var records = Written().Where(record => Text(record, "window") == "1h" && Text(record, "dimension") == "channel").ToArray();
        Assert.Equal(3, records.Length);
        Assert.Equal(records.Length, lines.Length - 1);
        Assert.Contains("\"a,\"\"b\"\"", lines[1], StringComparison.Ordinal);
        foreach (var (record, line) in records.Zip(lines[1..]).Where(pair => Text(pair.First, "value") == "mail"))
        {
            var cells = line.Split(',');
            Assert.Equal(names.Length, cells.Length);
            foreach (var (name, cell) in names.Zip(cells).Where(column => !column.First.StartsWith("funnel.", StringComparison.Ordinal)))
            {
                Assert.Equal($"{name}={Text(record, name)}", $"{name}={cell}");
            }

            Assert.Equal(
                record.GetProperty("funnel").EnumerateArray().Select(step => $"funnel.{Text(step, "step")}={Text(step, "sessions")}"),
                names.Zip(cells).Where(column => column.First.StartsWith("funnel.", StringComparison.Ordinal)).Select(column => $"{column.First}={column.Second}"));
        }
    }

    [Theory]
    [InlineData("2026-01-01T10:00:00Z", "2026-01-01T13:00:00Z", "2026-01-01T10:00:00.000Z")]
    [InlineData("2026-01-01T10:00:00.001Z", "2026-01-01T13:00:00.001Z", "2026-01-01T13:00:00.000Z")]
    public async Task Windows_are_taken_that_begin_at_or_after_from_and_before_to(string from, string to, string start)
    {
        await ReplayAsync();

        Assert.Equal(0, await MetricsAsync("--from", from, "--to", to, "--csv"));

        var row = Assert.Single(_cli.Out.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Skip(1));
        Assert.StartsWith($"1h,{start},", row, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_there_are_no_numbers_it_is_reported()
    {
        await ReplayAsync();

        Assert.Equal(0, await MetricsAsync("--from", "2027-01-01"));

        Assert.Equal("", _cli.Out);
        Assert.Contains("no numbers of 'all' by 1h", _cli.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--window", "2h", "--window: '2h' is not counted. conversions.windows has: 1h, day")]
    [InlineData("--dimension", "chanel", "--dimension: 'chanel' is not counted. Did you mean 'channel'?")]
    [InlineData("--replay", "gone", "--replay: there is no 'gone")]
    public async Task What_is_not_counted_or_not_there_is_refused_with_the_remedy(string option, string value, string message)
    {
        await ReplayAsync();

        Assert.Equal(2, await _cli.RunAsync(["metrics", "--config", _cli.PathOf("c.yaml"), .. option == "--replay" ? [] : Results, option, value]));

        Assert.Contains(message, _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_span_is_refused()
    {
        await ReplayAsync();

        Assert.Equal(2, await MetricsAsync("--from", "2026-01-02", "--to", "2026-01-02"));

        Assert.Contains("--from must be before --to", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_is_no_record_ends_it_with_its_place()
    {
        await ReplayAsync();
        File.AppendAllText(_cli.PathOf("results/conversion-metrics.jsonl"), "{\"window\":\n");

        Assert.Equal(1, await MetricsAsync());

        Assert.Contains($"conversion-metrics.jsonl:{Written().Length + 1}: ", _cli.Error, StringComparison.Ordinal);
    }

    private string[] Results => ["--replay", _cli.PathOf("results")];

    private async Task ReplayAsync()
    {
        _cli.Write("shop.jsonl", """
            {"event_type":"product_added","event_time":"2026-01-01T10:00:00Z","customer_id":"ann","product_id":"p1","channel":"mail"}
            {"event_type":"product_added","event_time":"2026-01-01T10:05:00Z","customer_id":"bob","product_id":"p1","channel":"a,\"b\"\u001b\u202e[2J"}
            {"event_type":"order_completed","event_time":"2026-01-01T10:10:00Z","customer_id":"ann","order_id":"o1","total":"30.00","currency":"EUR"}
            {"event_type":"product_viewed","event_time":"2026-01-01T13:00:00Z","customer_id":"ann","product_id":"p1","channel":"mail"}
            """);
        Assert.True(await _cli.RunAsync("replay", "--config", _cli.Write("c.yaml", Configuration), "--out", _cli.PathOf("results")) == 0, _cli.Error);
    }

    private Task<int> MetricsAsync(params string[] arguments) => _cli.RunAsync(["metrics", "--config", _cli.PathOf("c.yaml"), .. Results, .. arguments]);

    private JsonElement[] Written() =>
    [
        .. File.ReadLines(_cli.PathOf("results/conversion-metrics.jsonl")).Where(line => line.EndsWith('}'))
            .Select(line => JsonDocument.Parse(line).RootElement),
    ];

    private static string Text(JsonElement record, string name) => record.GetProperty(name) is { ValueKind: JsonValueKind.Null } ? ""
        : record.GetProperty(name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : record.GetProperty(name).GetRawText();

    private static string[] Cells(string row) => row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
