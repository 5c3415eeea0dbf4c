using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Connectors.Files;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Connectors.Replay;
using StreamSegmenter.Conversions;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Options;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Integration;

/// <summary>A real clickstream through topics and the whole engine, against its replay from the file.</summary>
public sealed class ClickstreamOverKafkaTests
{
    private const int Partitions = 4;
    private const string File = "clickstream/otto_20_sessions.jsonl";

    private static readonly ImmutableDictionary<string, string> EventTypesOfFile = new Dictionary<string, string>
    {
        ["clicks"] = "product_viewed", ["carts"] = "product_added", ["orders"] = "order_completed",
    }.ToImmutableDictionary();

    private static readonly InputMapping Mapping = new() { EventTypes = EventTypesOfFile, TimeFormat = TimeFormat.EpochMs };

    private static readonly StorefrontDefinitions Definitions = new()
    {
        Currency = Currency.TryParse("EUR", out var euro) ? euro : default,
        CartAbandonment = [new CartAbandonmentRule("abandoned-cart") { StepsMs = [1_800_000], Reentry = Reentry.AtOnce, AttributionMs = 0 }],
        Segments = [new SegmentDefinition("carters", "count(product_added, 7d) >= 2", "segments.yaml", 1, 1)],
        Conversions = new ConversionDefinition([86_400_000], [], 100, [EventTypes.ProductViewed, EventTypes.OrderCompleted], 86_400_000),
        DeduplicationMs = 0,
    };

    private sealed record FileEvent(string Customer, string Product, string Type, long TimeMs)
    {
        public string Json => string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"customer_id":"{{Customer}}","product_id":"{{Product}}","event_type":"{{Type}}","event_time":{{TimeMs}}}""");

        public int Partition => (int)(KeyHash.Of(Encoding.UTF8.GetBytes(Customer)) % Partitions);
    }

    [Fact]
    public void The_triggers_through_Kafka_are_those_of_the_replay()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(Partitions, "clicks", "carts-orders");
        var events = Read();
        Produce(broker, settings, events);
        using var engine = new KafkaEngine(settings, Definitions, Mapping, TimeProvider.System);

        var triggers = WaitForTriggers(broker, settings, engine, 19);
        Assert.Equal(CommitStatus.Committed, engine.Stop().Status);

        var replay = Replay();
        Assert.Equal(862, events.Count);
        Assert.Equal(19, replay.CartAbandoned.Count);
        Assert.Equal(replay.CartAbandoned.Select(trigger => trigger.TriggerId).Order(), triggers.Order());
        Assert.Equal(
            replay.MembershipChanges
                .Select(change => $"{change.CustomerId} {change.Kind} {change.AtMs}").Order(StringComparer.Ordinal),
            Values(broker, settings.Outputs.SegmentMembership).Select(change =>
                $"{change.GetProperty("customerId").GetString()} {Capitalised(change.GetProperty("kind").GetString()!)} "
                + Ms(change.GetProperty("at").GetDateTimeOffset())).Order(StringComparer.Ordinal));
        Assert.Empty(broker.ReadAll(settings.Outputs.DeadLetters));
        Assert.Empty(broker.ReadAll(settings.Outputs.LateEvents));
    }

    [Fact]
    public void A_successor_restores_the_state_and_goes_on_as_if_nothing_had_happened()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(Partitions, "clicks", "carts-orders");
        var events = Read();
        var firstHalf = events.Take(events.Count / 2).ToList();
        var clock = new ShiftedTime(DateTimeOffset.FromUnixTimeMilliseconds(firstHalf[^1].TimeMs));
        Produce(broker, settings, firstHalf);
        var expected = Replay().CartAbandoned;
        var firedInFirstHalf = expected.Count(trigger => trigger.FiredAtMs < firstHalf[^1].TimeMs - 60_000);
        using (var engine = new KafkaEngine(settings, Definitions, Mapping, clock))
        {
            WaitForTriggers(broker, settings, engine, firedInFirstHalf);
            Assert.Equal(CommitStatus.Committed, engine.Stop().Status);
        }

        Produce(broker, settings, events.Skip(firstHalf.Count));
        clock.MoveTo(DateTimeOffset.FromUnixTimeMilliseconds(events[^1].TimeMs).AddDays(1));
        using (var engine = new KafkaEngine(settings, Definitions, Mapping, clock))
        {
            WaitForTriggers(broker, settings, engine, 19);
            Assert.Equal(CommitStatus.Committed, engine.Stop().Status);
        }

        Assert.Equal(
            expected.Select(trigger => trigger.TriggerId).Order(),
            Values(broker, settings.Outputs.CartAbandonment).Select(TriggerId).Order());
    }

    private static List<string> WaitForTriggers(TestBroker broker, KafkaSettings settings, KafkaEngine engine, int count)
    {
        var triggers = new List<string>();
        Wait.Until(
            () =>
            {
                engine.ThrowIfFailed();
                triggers = [.. Values(broker, settings.Outputs.CartAbandonment).Select(TriggerId)];
                return triggers.Count >= count;
            },
            TimeSpan.FromSeconds(25), () => $"{triggers.Count} of {count} triggers");
        return triggers;
    }

    private static string TriggerId(JsonElement trigger) => trigger.GetProperty("triggerId").GetString()!;

    private static string Capitalised(string word) => char.ToUpperInvariant(word[0]) + word[1..];

    private static string Ms(DateTimeOffset time) => time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<JsonElement> Values(TestBroker broker, string topic) =>
        broker.ReadAll(topic).Select(record => JsonDocument.Parse(record.Value!).RootElement);

    private static void Produce(TestBroker broker, KafkaSettings settings, IEnumerable<FileEvent> events)
    {
        foreach (var input in events.GroupBy(e => e.Type == "clicks" ? 0 : 1))
        {
            broker.Produce(
                settings.Inputs[input.Key].Topic, [.. input.Select(e => (e.Partition, (string?)e.Customer, (string?)e.Json))]);
        }
    }

    /// <summary>The events of the file's sessions, in the order in which they happened.</summary>
    private static List<FileEvent> Read() =>
        [.. System.IO.File.ReadLines(SharedData.PathOf(File))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .SelectMany(session => session.GetProperty("events").EnumerateArray().Select(e => new FileEvent(
                session.GetProperty("session").GetRawText(), e.GetProperty("aid").GetRawText(),
                e.GetProperty("type").GetString()!, e.GetProperty("ts").GetInt64())))
            .OrderBy(e => e.TimeMs)];

    private static ReplayResult Replay()
    {
        var errors = new List<DefinitionError>();
        var segments = Definitions.CompileSegments([], errors)!;
        var input = new FileInput
        {
            Path = SharedData.PathOf(File), Name = "otto", SortByEventTime = true,
            Mapping = new InputMapping
            {
                Unfold = "events", TimeFormat = TimeFormat.EpochMs, EventTypes = EventTypesOfFile,
                Fields = new Dictionary<string, FieldMapping>
                {
                    ["customer_id"] = "^.session", ["product_id"] = "aid", ["event_type"] = "type", ["event_time"] = "ts",
                }.ToImmutableDictionary(),
            },
        };
        var options = new EngineOptions { Inputs = [new InputTiming("otto", 100)], MaxClockSkewMs = null, StateMemoryBytes = 64 << 20 };
        var plan = new ReplayPlan
        {
            Definitions = Definitions, Segments = segments, Options = options, Inputs = [input], Shards = Partitions, Drain = true,
        };
        return new ReplayRunner(plan, TimeProvider.System).Run(default);
    }
}
