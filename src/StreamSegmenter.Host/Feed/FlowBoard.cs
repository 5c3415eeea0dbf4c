using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Host.Feed;

/// <summary>What a segment or a rule did in one minute of event time.</summary>
internal sealed class MinuteCounts
{
    public long Entered { get; set; }

    public long Exited { get; set; }

    public long Emitted { get; set; }

    public long Suppressed { get; set; }

    public long Recovered { get; set; }
}

/// <summary>What became of a rule's triggers since the journal began.</summary>
internal sealed class RuleCounts
{
    public long Emitted { get; set; }

    public long Retracted { get; set; }

    public long Recovered { get; set; }

    public long RecoveredMinor { get; set; }

    public long HeldOut { get; set; }

    public long HeldOutRecovered { get; set; }

    public SortedDictionary<string, long> Suppressed { get; } = new(StringComparer.Ordinal);
}

/// <summary>Sums of the outputs: by minute of event time for the last hour, and by rule since the journal began.</summary>
internal sealed class FlowBoard(Currency shop)
{
    public const int MinutesMax = 60;

    private const long MinuteMs = 60_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, SortedDictionary<long, MinuteCounts>> _segments = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<long, MinuteCounts>> _ruleMinutes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RuleCounts> _rules = new(StringComparer.Ordinal);

    /// <summary>The earliest event time of what was counted; null: nothing was.</summary>
    public long? SinceMs { get; private set; }

    public void Clear()
    {
        lock (_gate)
        {
            _segments.Clear();
            _ruleMinutes.Clear();
            _rules.Clear();
            SinceMs = null;
        }
    }

    public void Add(MembershipChange change)
    {
        lock (_gate)
        {
            var minute = MinuteOf(_segments, change.Segment, change.AtMs);
            minute.Entered += change.Kind == MembershipKind.Entered ? 1 : 0;
            minute.Exited += change.Kind == MembershipKind.Exited ? 1 : 0;
        }
    }

    public void Add(CartAbandoned trigger)
    {
        lock (_gate)
        {
            var rule = RuleOf(trigger.Rule);
            var minute = MinuteOf(_ruleMinutes, trigger.Rule, trigger.OrderedAtMs ?? trigger.FiredAtMs);
            switch (trigger.Kind)
            {
                case TriggerKind.Emitted:
                    rule.Emitted++;
                    minute.Emitted++;
                    break;
                case TriggerKind.Retracted:
                    rule.Retracted++;
                    break;
                default:
                    rule.Recovered++;
                    minute.Recovered++;
                    rule.RecoveredMinor += trigger.RevenueCurrency == shop.ToString() ? trigger.RevenueMinor ?? 0 : 0;
                    break;
            }
        }
    }

    public void Add(SuppressedTrigger suppressed)
    {
        lock (_gate)
        {
            var rule = RuleOf(suppressed.Trigger.Rule);
            var isHoldout = suppressed.Reason == SuppressionReason.Holdout;
            if (suppressed.Trigger.Kind == TriggerKind.Emitted)
            {
                var reason = System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(suppressed.Reason.ToString());
                rule.Suppressed[reason] = rule.Suppressed.GetValueOrDefault(reason) + 1;
                rule.HeldOut += isHoldout ? 1 : 0;
                MinuteOf(_ruleMinutes, suppressed.Trigger.Rule, suppressed.Trigger.FiredAtMs).Suppressed++;
            }
            else if (isHoldout && suppressed.Trigger.Kind == TriggerKind.Recovered)
            {
                rule.HeldOutRecovered++;
            }
        }
    }

    public RuleCounts Rule(string rule)
    {
        lock (_gate)
        {
            var counts = _rules.GetValueOrDefault(rule) ?? new RuleCounts();
            var copy = new RuleCounts
            {
                Emitted = counts.Emitted, Retracted = counts.Retracted, Recovered = counts.Recovered, RecoveredMinor = counts.RecoveredMinor,
                HeldOut = counts.HeldOut, HeldOutRecovered = counts.HeldOutRecovered,
            };
            foreach (var (reason, count) in counts.Suppressed)
            {
                copy.Suppressed.Add(reason, count);
            }

            return copy;
        }
    }

    /// <summary>The minutes in which something happened, oldest first, within an hour of the newest.</summary>
    public IReadOnlyList<(long MinuteMs, MinuteCounts Counts)> Segment(string segment) => MinutesOf(_segments, segment);

    /// <inheritdoc cref="Segment"/>
    public IReadOnlyList<(long MinuteMs, MinuteCounts Counts)> RuleMinutes(string rule) => MinutesOf(_ruleMinutes, rule);

    private IReadOnlyList<(long MinuteMs, MinuteCounts Counts)> MinutesOf(Dictionary<string, SortedDictionary<long, MinuteCounts>> all, string name)
    {
        lock (_gate)
        {
            return all.TryGetValue(name, out var minutes)
                ? [.. minutes.Select(minute => (minute.Key, new MinuteCounts
                {
                    Entered = minute.Value.Entered, Exited = minute.Value.Exited, Emitted = minute.Value.Emitted,
                    Suppressed = minute.Value.Suppressed, Recovered = minute.Value.Recovered,
                }))]
                : [];
        }
    }

    private RuleCounts RuleOf(string rule)
    {
        if (!_rules.TryGetValue(rule, out var counts))
        {
            _rules.Add(rule, counts = new RuleCounts());
        }

        return counts;
    }

    private MinuteCounts MinuteOf(Dictionary<string, SortedDictionary<long, MinuteCounts>> all, string name, long atMs)
    {
        SinceMs = Math.Min(SinceMs ?? atMs, atMs);
        if (!all.TryGetValue(name, out var minutes))
        {
            all.Add(name, minutes = []);
        }

        var minuteMs = atMs - (((atMs % MinuteMs) + MinuteMs) % MinuteMs);
        if (!minutes.TryGetValue(minuteMs, out var counts))
        {
            minutes.Add(minuteMs, counts = new MinuteCounts());
            if (minutes.Count > MinutesMax)
            {
                minutes.Remove(minutes.First().Key);
            }
        }

        return counts;
    }
}
