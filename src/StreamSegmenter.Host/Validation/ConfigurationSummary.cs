using System.Globalization;
using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Host.Validation;

/// <summary>Describes the effective configuration, defaults included, secrets left out.</summary>
internal static class ConfigurationSummary
{
    public static void Write(StreamSegmenterConfiguration configuration, TextWriter output)
    {
        var text = new SummaryText();
        text.Line($"{configuration.File} is valid. Effective configuration:");
        WriteInputs(configuration, text);
        WriteDefinitions(configuration.Definitions, text);
        SegmentSummary.Write(configuration.Segments, configuration.Definitions.Segments, text);
        WriteConversions(configuration.Definitions.Conversions, text);
        WriteOperations(configuration, text);
        output.Write(configuration.Redactor.Redact(text.ToString()));
    }

    private static void WriteInputs(StreamSegmenterConfiguration configuration, SummaryText text)
    {
        text.Heading("Inputs");
        foreach (var input in configuration.Inputs)
        {
            var from = input switch
            {
                { Topic: not null, File: not null } => $"topic for run; replay reads the file {input.File}",
                { Topic: not null } => "topic",
                { File: "-" } => "standard input",
                _ => "file",
            };
            var sorted = input.SortByEventTime ? ", sorted by event time" : "";
            text.Row(input.Name, $"{from}, {Text(input.Format)}{sorted}, out of order by up to {Duration(input.MaxOutOfOrdernessMs)}");
            if (input.Mapping.Where is { } where)
            {
                text.More($"only events with {where.Canonical}");
            }

            WriteMapping(input.Mapping, text);
        }
    }

    private static void WriteMapping(InputMapping mapping, SummaryText text)
    {
        if (mapping.Fields.Count > 0)
        {
            var fields = mapping.Fields.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key} from {f.Value}");
            text.More($"fields {string.Join(", ", fields)}");
        }

        if (mapping.EventTypes.Count > 0)
        {
            var types = mapping.EventTypes.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key} is {e.Value}");
            text.More($"event types {string.Join(", ", types)}");
        }
    }

    private static void WriteDefinitions(StorefrontDefinitions definitions, SummaryText text)
    {
        text.Heading("Customers");
        text.Row("session", $"ends {Duration(definitions.SessionGapMs)} after its last event");
        text.Row("grace", $"events up to {Duration(definitions.GraceMs)} behind the watermark are still applied");
        text.Row("cartHorizon", $"a cart is forgotten {Duration(definitions.CartHorizonMs)} after its last activity");
        text.Row("currency", definitions.Currency.ToString());
        var window = definitions.DeduplicationMs;
        text.Row("deduplication", window == 0 ? "0s: events that come twice count twice" : $"an event id is remembered for {Duration(window)}");
        var rememberMs = definitions.OrdersRememberMs;
        text.Row("orders", rememberMs == 0 ? "count each time they are reported" : $"count once; an order id is remembered for {Duration(rememberMs)}");
        CartRuleSummary.Write(definitions.CartAbandonment, definitions.Currency, text);
    }

    private static void WriteConversions(ConversionDefinition conversions, SummaryText text)
    {
        text.Heading("Conversions");
        text.Row("windows", string.Join(", ", conversions.Windows));
        text.Row("horizon", $"numbers are final {Duration(conversions.HorizonMs)} after a window's end and grace");
        text.Row("dimensions", conversions.Dimensions.Count > 0
            ? $"{string.Join(", ", conversions.Dimensions)}; up to {conversions.DimensionValuesMax} values of each in a window and shard"
            : "none");
        text.Row("funnel", string.Join(" > ", conversions.Funnel.Select(EventTypes.NameOf)));
    }

    private static void WriteOperations(StreamSegmenterConfiguration configuration, SummaryText text)
    {
        var kafka = configuration.Kafka;
        text.Heading("Kafka", kafka is null ? "not configured: replay only" : "");
        if (kafka is not null)
        {
            text.Row("brokers", kafka.BootstrapServers);
            text.Row("group", kafka.GroupId);
            text.Row("delivery", kafka.Delivery == DeliveryMode.ExactlyOnce ? "exactly-once" : "at-least-once");
            if (kafka.Inputs.Count > 0)
            {
                text.Row("startAt", $"a new group begins at the {(kafka.Inputs[0].StartAt == StartAt.Latest ? "latest" : "earliest")} record");
            }

            foreach (var (name, value) in kafka.Properties.Concat(kafka.ConsumerProperties).Concat(kafka.ProducerProperties))
            {
                text.Row(name, configuration.Redactor.Redact(name, value));
            }
        }

        var topics = configuration.Outputs.Topics;
        text.Heading("Outputs", Text(configuration.Outputs.Format));
        text.Row("cartAbandonment", topics.CartAbandonment);
        text.Row("suppressedTriggers", topics.SuppressedTriggers);
        text.Row("segmentMembership", topics.SegmentMembership);
        text.Row("conversionMetrics", topics.ConversionMetrics);
        text.Row("deadLetters", topics.DeadLetters);
        text.Row("lateEvents", topics.LateEvents);
        text.Row("changelog", topics.Changelog);

        var engine = configuration.Engine;
        var limits = engine.Limits;
        text.Heading("Engine");
        text.Row("lanes", engine.Lanes?.ToString(CultureInfo.InvariantCulture) ?? "one per core");
        text.Row("commitInterval", $"commits every {Duration(limits.CommitIntervalMs)}, or at {SizeShape.Show(limits.WorkingSetBytesMax)} of changed state");
        text.Row("idleTimeout", $"a partition silent for {Duration(limits.IdleTimeoutMs)} no longer holds back the watermark");
        text.Row("maxClockSkew", $"events more than {Duration(limits.MaxClockSkewMs ?? 0)} ahead of the clock are dead letters");
        text.Row("stateMemory", $"{SizeShape.Show(limits.StateMemoryBytes)} per lane in memory, the rest on disk");
        text.Row("stateDirectory", limits.StateDirectory ?? "a temporary folder, without checkpoints");
        text.Row("http.listen", configuration.Http.Listen is { } listen ? $"{(configuration.Http.Tls is null ? "http" : "https")}://{listen.EndPoint}/metrics" : "off");
    }

    private static string Duration(long ms) => DurationShape.Show(ms);

    private static string Text(RecordFormat format) => format.ToString().ToLowerInvariant();
}
