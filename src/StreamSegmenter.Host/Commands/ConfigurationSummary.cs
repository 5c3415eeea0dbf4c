using System.Globalization;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Conversions;
using StreamSegmenter.Definitions;
using StreamSegmenter.Events;
using StreamSegmenter.Host.Configuration;
using StreamSegmenter.Host.Configuration.Shapes;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Host.Commands;

/// <summary>Says in words what was understood of a configuration, defaults included, secrets left out.</summary>
internal static class ConfigurationSummary
{
    public static void Write(StreamSegmenterConfiguration configuration, TextWriter output)
    {
        var text = new SummaryText();
        text.Line($"{configuration.File} is good. What it says, defaults included:");
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
            WriteMapping(input.Mapping, text);
        }
    }

    private static void WriteMapping(InputMapping mapping, SummaryText text)
    {
        if (mapping.Fields.Count > 0)
        {
            text.More($"fields {string.Join(", ", mapping.Fields.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key} from {f.Value}"))}");
        }

        if (mapping.EventTypes.Count > 0)
        {
            text.More($"event types {string.Join(", ", mapping.EventTypes.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key} is {e.Value}"))}");
        }
    }

    private static void WriteDefinitions(StorefrontDefinitions definitions, SummaryText text)
    {
        text.Heading("Customers");
        text.Row("session", $"ends {Duration(definitions.SessionGapMs)} after its last event");
        text.Row("grace", $"events up to {Duration(definitions.GraceMs)} behind the watermark are still applied");
        text.Row("cart", $"forgotten {Duration(definitions.CartHorizonMs)} after its last activity");
        text.Row("currency", definitions.Currency.ToString());

        text.Heading("Cart abandonment", definitions.CartAbandonment.Count == 0 ? "no rule" : "");
        foreach (var rule in definitions.CartAbandonment)
        {
            text.Row(rule.Id, $"fires {string.Join(", ", rule.StepsMs.Select(Duration))} after the last {Activity(rule)}; {Again(rule)}");
            foreach (var condition in Conditions(rule, definitions.Currency))
            {
                text.More(condition);
            }
        }
    }

    private static void WriteConversions(ConversionDefinition conversions, SummaryText text)
    {
        text.Heading("Conversions");
        text.Row("windows", string.Join(", ", conversions.WindowsMs.Select(Duration)));
        text.Row("final", $"{Duration(conversions.HorizonMs)} after a window's end and grace");
        text.Row("split by", conversions.Dimension is null ? "nothing" : $"{conversions.Dimension}, up to {conversions.DimensionValuesMax} values");
        text.Row("funnel", string.Join(" > ", conversions.Funnel.Select(EventTypes.NameOf)));
    }

    private static string Activity(CartAbandonmentRule rule) => rule switch
    {
        { RearmOnAny: true } => "event of the customer",
        { RearmOn.Count: 0 } => "change of the cart or step of the checkout",
        _ => $"change of the cart, step of the checkout or {string.Join(" or ", rule.RearmOn.Select(EventTypes.NameOf))}",
    };

    private static string Again(CartAbandonmentRule rule) => rule.Reentry switch
    {
        Reentry.AtOnce => "again after any new activity",
        Reentry.AfterCooldown => $"again for the same cart after {Duration(rule.CooldownMs)}",
        Reentry.Never => "once per customer",
        _ => "once per cart",
    };

    private static IEnumerable<string> Conditions(CartAbandonmentRule rule, Currency currency)
    {
        if (rule.TotalMinMinor is { } minor)
        {
            yield return $"only carts worth at least {Money.Show(minor, currency)}";
        }

        if (rule.ItemsMin > 0)
        {
            yield return $"only carts with at least {rule.ItemsMin} items";
        }

        if (rule.InSegment is not null)
        {
            yield return $"only members of {rule.InSegment}";
        }

        if (rule.NotInSegment is not null)
        {
            yield return $"never members of {rule.NotInSegment}";
        }

        if (rule.Attributes.Count > 0)
        {
            yield return $"with {string.Join(", ", rule.Attributes)}";
        }
    }

    private static void WriteOperations(StreamSegmenterConfiguration configuration, SummaryText text)
    {
        var kafka = configuration.Kafka;
        text.Heading("Kafka", kafka is null ? "not configured: replay only" : "");
        if (kafka is not null)
        {
            text.Row("brokers", kafka.Brokers);
            text.Row("group", $"{kafka.Group}, {(kafka.ExactlyOnce ? "exactly once" : "at least once")}, "
                + $"a new group begins at the {(kafka.StartAtLatest ? "latest" : "earliest")} record");
            foreach (var (name, value) in kafka.Properties.Concat(kafka.ConsumerProperties).Concat(kafka.ProducerProperties))
            {
                text.Row(name, configuration.Redactor.Redact(name, value));
            }
        }

        var topics = configuration.Outputs.Topics;
        text.Heading("Outputs", Text(configuration.Outputs.Format));
        text.Row("triggers", topics.CartAbandonment);
        text.Row("suppressed", topics.SuppressedTriggers);
        text.Row("membership", topics.SegmentMembership);
        text.Row("conversions", topics.ConversionMetrics);
        text.Row("dead letters", topics.DeadLetters);
        text.Row("late events", topics.LateEvents);
        text.Row("changelog", topics.Changelog);

        var engine = configuration.Engine;
        text.Heading("Engine");
        text.Row("lanes", engine.Lanes?.ToString(CultureInfo.InvariantCulture) ?? "one per core");
        text.Row("commit", $"every {Duration(engine.CommitIntervalMs)}, or at {SizeShape.Show(engine.WorkingSetBytesMax)} of changed state");
        text.Row("watermark", $"partitions silent for {Duration(engine.IdleTimeoutMs)} do not hold it; events {Duration(engine.MaxClockSkewMs)} ahead of the clock are dead letters");
        text.Row("state", $"{SizeShape.Show(engine.StateMemoryBytes)} per lane in memory, the rest in {engine.StateDirectory ?? "a temporary folder"}");
        text.Row("telemetry", configuration.Http.Listen is { } listen ? $"http://{listen.EndPoint}/metrics" : "off");
    }

    private static string Duration(long ms) => DurationShape.Show(ms);

    private static string Text(RecordFormat format) => format.ToString().ToLowerInvariant();
}
