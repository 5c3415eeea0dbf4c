using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Connectors.Replay;

/// <summary>What one rule did in a replay.</summary>
internal sealed class RuleCounts
{
    public long Emitted { get; set; }

    public long Retracted { get; set; }

    public long Recovered { get; set; }

    /// <summary>Emitted triggers by step, from 1.</summary>
    public SortedDictionary<int, long> Steps { get; } = [];

    /// <summary>Steps that fell due and were not sent, by reason.</summary>
    public SortedDictionary<SuppressionReason, long> Suppressed { get; } = [];

    /// <summary>Revenue of the orders that followed its triggers, minor units by currency.</summary>
    public SortedDictionary<string, long> RevenueMinor { get; } = new(StringComparer.Ordinal);
}

/// <summary>What became of one segment in a replay.</summary>
internal sealed class SegmentCounts
{
    public long Entered { get; set; }

    public long Exited { get; set; }

    /// <summary>At the end.</summary>
    public long Members => Entered - Exited;
}

/// <summary>A replay's results, counted by rule and by segment; those that did nothing are there too, with zeros.</summary>
internal sealed class ReplayCounts
{
    private ReplayCounts(IEnumerable<string> rules, IEnumerable<string> segments)
    {
        Rules = new(rules.Distinct().ToDictionary(id => id, _ => new RuleCounts()), StringComparer.Ordinal);
        Segments = new(segments.Distinct().ToDictionary(id => id, _ => new SegmentCounts()), StringComparer.Ordinal);
    }

    public SortedDictionary<string, RuleCounts> Rules { get; }

    public SortedDictionary<string, SegmentCounts> Segments { get; }

    public static ReplayCounts Of(ReplayResult result)
    {
        var counts = new ReplayCounts(
            result.Rules.Concat(result.CartAbandoned.Select(trigger => trigger.Rule)),
            result.Segments.Concat(result.MembershipChanges.Select(change => change.Segment)));
        foreach (var trigger in result.CartAbandoned)
        {
            Count(counts.Rules[trigger.Rule], trigger);
        }

        foreach (var (trigger, reason) in result.Suppressed)
        {
            // Recoveries and retractions in the holdout are recorded there, too: only what fell due was suppressed.
            if (trigger.Kind == TriggerKind.Emitted && counts.Rules.TryGetValue(trigger.Rule, out var rule))
            {
                rule.Suppressed[reason] = rule.Suppressed.GetValueOrDefault(reason) + 1;
            }
        }

        foreach (var change in result.MembershipChanges)
        {
            var segment = counts.Segments[change.Segment];
            _ = change.Kind == MembershipKind.Entered ? segment.Entered++ : segment.Exited++;
        }

        return counts;
    }

    private static void Count(RuleCounts rule, CartAbandoned trigger)
    {
        switch (trigger.Kind)
        {
            case TriggerKind.Emitted:
                rule.Emitted++;
                rule.Steps[trigger.Step] = rule.Steps.GetValueOrDefault(trigger.Step) + 1;
                break;
            case TriggerKind.Retracted:
                rule.Retracted++;
                break;
            default:
                rule.Recovered++;
                if (trigger is { RevenueMinor: { } minor, RevenueCurrency: { } currency })
                {
                    rule.RevenueMinor[currency] = rule.RevenueMinor.GetValueOrDefault(currency) + minor;
                }

                break;
        }
    }
}
