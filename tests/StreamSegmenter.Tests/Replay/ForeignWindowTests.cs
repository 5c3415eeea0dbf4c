using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Connectors.Files;
using StreamSegmenter.Conversions;

namespace StreamSegmenter.Tests.Replay;

/// <summary>Windows against the expected output of another stream processor (Arroyo): events per hour and type, with 458 of the
/// 7,932 events out of order.</summary>
public sealed class ForeignWindowTests
{
    private static FileInput Cars => new()
    {
        Path = SharedData.PathOf("window/cars.json"),
        Name = "cars",
        Mapping = new InputMapping
        {
            Fields = new Dictionary<string, FieldMapping>
            {
                ["event_time"] = "timestamp", ["customer_id"] = "driver_id", ["event_type"] = "event_type",
            }.ToImmutableDictionary(),
        },
    };

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Hourly_counts_by_event_type_are_those_of_another_engine(int lanes)
    {
        var definitions = Replays.Definitions(Replays.Rule(1800)) with
        {
            Conversions = new ConversionDefinition([3_600_000], ["event_type"], 100, [], 0),
        };

        var result = Replays.Run(definitions, [Cars], lanes, drain: true, outOfOrdernessMs: DisorderMs());

        Assert.Empty(result.LateEvents);
        Assert.Equal(7_932, result.Events);
        Assert.Equal(
            Expected(),
            result.ConversionPanes.Where(pane => pane.Dimension == "event_type")
                .Select(pane => (pane.StartMs, pane.Value, pane.Events)).Order());
    }

    [Fact]
    public void The_file_is_out_of_order_as_often_as_documented()
    {
        var disordered = 0;
        var previous = long.MinValue;
        foreach (var timeMs in Times())
        {
            disordered += timeMs < previous ? 1 : 0;
            previous = timeMs;
        }

        Assert.Equal(458, disordered);
    }

    /// <summary>How far the file's events lag behind the newest before them.</summary>
    private static long DisorderMs()
    {
        var worst = 0L;
        var latest = long.MinValue;
        foreach (var timeMs in Times())
        {
            latest = Math.Max(latest, timeMs);
            worst = Math.Max(worst, latest - timeMs);
        }

        return worst;
    }

    private static IEnumerable<long> Times() => File.ReadLines(Cars.Path)
        .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("timestamp").GetDateTimeOffset().ToUnixTimeMilliseconds());

    private static List<(long StartMs, string Type, long Count)> Expected() =>
    [
        .. File.ReadLines(SharedData.PathOf("window/hourly_by_event_type.json"))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Select(row => (
                DateTimeOffset.Parse(row.GetProperty("hour").GetString() + "Z", CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(),
                row.GetProperty("event_type").GetString()!,
                row.GetProperty("count").GetInt64()))
            .Order(),
    ];
}
