using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Connectors.Replay;

/// <summary>All that a replay found, in an order that depends on the input alone: by event time, then customer, then as it
/// happened; panes by window, start, dimension, value; refused records by source and line.</summary>
/// <param name="Events">Events that could be read, late ones included.</param>
/// <param name="EventsByType">By canonical type name, sorted.</param>
/// <param name="EventTimeMaxMs">Null when there was no event.</param>
internal sealed record ReplayResult(
    IReadOnlyList<CartAbandoned> CartAbandoned,
    IReadOnlyList<SuppressedTrigger> Suppressed,
    IReadOnlyList<MembershipChange> MembershipChanges,
    IReadOnlyList<ConversionPane> ConversionPanes,
    IReadOnlyList<DeadLetter> DeadLetters,
    IReadOnlyList<LateEvent> LateEvents,
    FoldTotals Totals,
    long Events,
    IReadOnlyDictionary<string, long> EventsByType,
    long? EventTimeMaxMs)
{
    /// <summary>Records read, readable or not.</summary>
    public long Records { get; init; }

    /// <summary>Events that an input's <c>where</c> left out.</summary>
    public long Filtered { get; init; }

    /// <summary>Amounts with more digits than their currency has.</summary>
    public long RoundedAmounts { get; init; }

    /// <summary>Fields of mappings whose sources had no value in any record.</summary>
    public IReadOnlyList<UnusedSource> NeverFound { get; init; } = [];

    /// <summary>Events and properties that segments name and that no event brought.</summary>
    public IReadOnlyList<string> NeverSeen { get; init; } = [];

    /// <summary>Ids of the rules under which it ran.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>Ids of the segments under which it ran.</summary>
    public IReadOnlyList<string> Segments { get; init; } = [];

    /// <summary>The stored state of the plan's customer at the end; null when not seen, or when the plan names none.</summary>
    public byte[]? Customer { get; init; }

    /// <summary>Of a replay for one customer, some of the others that the inputs have.</summary>
    public IReadOnlyList<string> OtherCustomers { get; init; } = [];

    internal static ReplayResult Of(IReadOnlyList<ReplaySink> sinks, StorefrontDefinitions definitions, FoldTotals totals, ReplayReader reader, long endMs) => new(
        [.. sinks.SelectMany(sink => sink.CartAbandoned)
            .OrderBy(trigger => trigger.FiredAtMs).ThenBy(trigger => trigger.CustomerId, StringComparer.Ordinal)],
        [.. sinks.SelectMany(sink => sink.Suppressed)
            .OrderBy(step => step.Trigger.FiredAtMs).ThenBy(step => step.Trigger.CustomerId, StringComparer.Ordinal)],
        [.. sinks.SelectMany(sink => sink.MembershipChanges)
            .OrderBy(change => change.AtMs).ThenBy(change => change.CustomerId, StringComparer.Ordinal)],
        ReplayPanes.Merge(sinks, definitions, endMs),
        [.. sinks.SelectMany(sink => sink.DeadLetters)
            .OrderBy(letter => letter.Source, StringComparer.Ordinal).ThenBy(letter => letter.Offset)],
        [.. sinks.SelectMany(sink => sink.LateEvents)
            .OrderBy(late => late.Source, StringComparer.Ordinal).ThenBy(late => late.Offset)],
        totals,
        reader.Events,
        reader.EventsByType(),
        reader.EventTimeMaxMs == long.MinValue ? null : reader.EventTimeMaxMs)
    {
        Records = reader.Records,
        Filtered = reader.Uses.Sum(input => input.Use.Filtered),
        RoundedAmounts = reader.Uses.Sum(input => input.Use.RoundedAmounts),
        NeverFound = [.. reader.Uses.Where(input => input.Use.Events > 0)
            .SelectMany(input => input.Use.NeverFound().Select(field => new UnusedSource(input.Input, field.Field, field.Sources, input.Use.Events)))],
    };
}
