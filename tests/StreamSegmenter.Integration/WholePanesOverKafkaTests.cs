using System.Globalization;
using System.Text;
using System.Text.Json;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Conversions;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Testing.Reference;

namespace StreamSegmenter.Integration;

/// <summary>The conversion panes of a real clickstream over four partitions and several members of the group, against a recomputation from
/// the raw file.</summary>
public sealed class WholePanesOverKafkaTests
{
    private const int Partitions = 4;
    private const int Lines = 12_000;
    private const long HourMs = 3_600_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static readonly StorefrontDefinitions Definitions = new()
    {
        Currency = Currency.TryParse("EUR", out var euro) ? euro : default,
        Conversions = new ConversionDefinition(
            [60_000, HourMs, ConversionWindow.Day], [], 100, [EventTypes.ProductViewed, EventTypes.ProductAdded, EventTypes.OrderCompleted], 24 * HourMs)
        {
            TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"),
        },
        DeduplicationMs = 0,
    };

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(2, 3)]
    public void Whatever_the_number_of_lanes_each_pane_is_that_of_the_whole_shop(int lanes, int restarts)
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(Partitions, "clicks");
        settings = settings with { Outputs = settings.Outputs with { Exchange = broker.CreateTopic("exchange", Partitions) } };
        var facts = Read();
        broker.Produce(settings.Inputs[0].Topic, [.. facts.Select(fact => (PartitionOf(fact), (string?)fact.Customer, (string?)JsonOf(fact)))]);
        var inOrder = facts.Select((fact, i) => new PlacedFact(new InputPartition(0, PartitionOf(fact)), i, 0, fact)).ToList();
        var expected = new NaiveMetrics(Definitions, inOrder, long.MaxValue).Panes;

        var engines = Enumerable.Range(0, lanes).Select(_ => Start(settings)).ToList();
        try
        {
            for (var restart = 1; restart <= restarts; restart++)
            {
                // A member goes in the middle of the work, and its partitions with it.
                Wait.Until(() => Panes(broker, settings).Count > restart * expected.Count / (restarts + 2), Patience, () => "too few panes to restart");
                engines[restart % lanes].Dispose();
                engines[restart % lanes] = Start(settings);
            }

            var open = 0;
            Wait.Until(
                () =>
                {
                    engines.ForEach(engine => engine.ThrowIfFailed());
                    var panes = Panes(broker, settings);
                    open = expected.Count - panes.Values.Count(pane => pane.CohortFinal);
                    return open == 0;
                },
                Patience, () => $"{open} of {expected.Count} panes are not final for good");
        }
        finally
        {
            engines.ForEach(engine => engine.Dispose());
        }

        var present = Panes(broker, settings);
        Assert.Equal(expected, NaiveMetrics.TextOf(present.Values));
        Assert.All(present.Values, pane => Assert.Equal(0, pane.Corrections));
    }

    private static KafkaEngine Start(KafkaSettings settings) => new(settings, Definitions, new InputMapping { TimeFormat = TimeFormat.EpochMs }, TimeProvider.System, Partitions);

    /// <summary>The latest record of each key, as a compacted topic has them.</summary>
    private static Dictionary<string, ConversionPane> Panes(TestBroker broker, KafkaSettings settings)
    {
        var panes = new Dictionary<string, ConversionPane>(StringComparer.Ordinal);
        foreach (var (_, key, value) in broker.ReadAll(settings.Outputs.ConversionMetrics))
        {
            panes[key!] = PaneOf(JsonDocument.Parse(value!).RootElement);
        }

        return panes;
    }

    private static ConversionPane PaneOf(JsonElement json)
    {
        long Number(string name) => json.GetProperty(name).GetInt64();
        long Time(string name) => json.GetProperty(name).GetDateTimeOffset().ToUnixTimeMilliseconds();
        return new ConversionPane(
            Number("windowMs"), Time("start"), Time("end"), json.GetProperty("dimension").GetString()!, json.GetProperty("value").GetString()!,
            Number("events"), Number("visitors"), Number("sessions"), Number("sessionsWithCart"), Number("sessionsWithOrder"),
            Number("sessionsWithCartAndOrder"),
            [.. json.GetProperty("funnel").EnumerateArray().Select(step => new FunnelStep(step.GetProperty("step").GetString()!, step.GetProperty("sessions").GetInt64()))],
            Number("orders"), Number("revenueMinor"), "EUR", json.GetProperty("final").GetBoolean(), json.GetProperty("cohortFinal").GetBoolean())
        {
            Corrections = (int)Number("corrections"), Window = json.GetProperty("window").GetString()!,
            Customers = Number("customers"), NewCustomers = Number("newCustomers"), RepeatCustomers = Number("repeatCustomers"),
        };
    }

    private static int PartitionOf(Fact fact) => (int)(KeyHash.Of(Encoding.UTF8.GetBytes(fact.Customer)) % Partitions);

    private static string JsonOf(Fact fact) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"customer_id":"{{fact.Customer}}","event_type":"{{EventTypes.NameOf(fact.Type)}}","event_time":{{fact.TimeMs}},"product_id":"{{fact.Product}}"}""");

    private static List<Fact> Read() =>
    [
        .. File.ReadLines(SharedData.PathOf("clickstream/taobao_UserBehavior_head_84476lines.csv")).Take(Lines).Select(line => line.Split(','))
            .Select(cells => new Fact(cells[0], long.Parse(cells[4], CultureInfo.InvariantCulture) * 1000, TypeOf(cells[3])) { Product = cells[1] })
            .OrderBy(fact => fact.TimeMs),
    ];

    private static EventType TypeOf(string behaviour) => behaviour switch
    {
        "pv" => EventTypes.ProductViewed,
        "cart" => EventTypes.ProductAdded,
        "buy" => EventTypes.OrderCompleted,
        _ => EventTypes.PageViewed,
    };
}
