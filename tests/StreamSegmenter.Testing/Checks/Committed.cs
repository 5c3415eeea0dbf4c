using System.Text.Json;
using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Testing.Model;
using StreamSegmenter.Testing.Reference;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Testing.Checks;

/// <summary>What a reader of committed records finds in the output topics, as sorted lines of text.</summary>
internal sealed class Committed
{
    public Committed(Kafka kafka)
    {
        var outputs = kafka.Outputs.ReadCommitted().Select(record => record.Value).ToList();
        Triggers = Sorted(outputs.OfType<CartAbandoned>().Select(Recomputation.TextOf));
        Suppressed = Sorted(outputs.OfType<SuppressedTrigger>().Select(suppressed =>
            suppressed.Reason + " " + Recomputation.TextOf(suppressed.Trigger)));
        Memberships = Sorted(outputs.OfType<MembershipChange>().Select(change =>
            $"{change.CustomerId} {change.AtMs} {change.Segment} {change.DefinitionVersion} {change.Kind} {change.SinceMs} "
            + string.Join(' ', change.Traits)));
        AllPanes = [.. outputs.OfType<ConversionPane>()];
        LatestPanes = [.. outputs.OfType<ConversionPane>()
            .GroupBy(pane => (pane.WindowMs, pane.StartMs, pane.Dimension, pane.Value)).Select(pane => pane.Last())];
        Panes = NaiveMetrics.TextOf(LatestPanes);
        DeadLetters = Sorted(outputs.OfType<DeadLetter>().Select(letter =>
            $"{letter.Source} {letter.Partition} {letter.Offset} {letter.Reason} {Convert.ToHexString(letter.Value.Span)}"));
        Late = [.. outputs.OfType<LateEvent>()];
    }

    public IReadOnlyList<string> Triggers { get; private set; }

    public IReadOnlyList<string> Suppressed { get; private set; }

    public IReadOnlyList<string> Memberships { get; private set; }

    /// <summary>As they were emitted.</summary>
    public IReadOnlyList<ConversionPane> AllPanes { get; }

    /// <summary>The latest numbers of every pane, as a compacted topic has them.</summary>
    public IReadOnlyList<ConversionPane> LatestPanes { get; }

    /// <summary>The same as text.</summary>
    public IReadOnlyList<string> Panes { get; }

    public IReadOnlyList<string> DeadLetters { get; private set; }

    public IReadOnlyList<LateEvent> Late { get; }

    /// <summary>What is left when equal lines count once: all that at-least-once promises.</summary>
    public Committed Once()
    {
        var once = (Committed)MemberwiseClone();
        once.Triggers = [.. Triggers.Distinct()];
        once.Suppressed = [.. Suppressed.Distinct()];
        once.Memberships = [.. Memberships.Distinct()];
        once.DeadLetters = [.. DeadLetters.Distinct()];
        return once;
    }

    /// <summary>Every customer's state, spelled out.</summary>
    public static IReadOnlyList<string> Customers(Runs.World world) =>
    [
        .. world.Scenario.Customers.Select(id => JsonSerializer.Serialize(world.Machines.Processes
            .SelectMany(process => process.Lanes).Select(lane => lane.Engine.Describe(id)).FirstOrDefault(customer => customer is not null))),
    ];

    private static IReadOnlyList<string> Sorted(IEnumerable<string> texts) => [.. texts.Order(StringComparer.Ordinal)];
}
