using System.Text;
using StreamSegmenter.Aggregates;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;
using StreamSegmenter.Segments.Conditions;

namespace StreamSegmenter.Segments;

/// <summary>One segment, ready to run.</summary>
/// <param name="damping">Null where nothing holds a membership back.</param>
internal sealed class CompiledSegment(string id, int index, BoundSegment bound, string version, Currency currency, Damping? damping)
{
    public string Id => id;

    public int Index => index;

    public string Version => version;

    public string Canonical => bound.Canonical;

    public SegmentCode Code => bound.Code;

    public IReadOnlyList<Mention> Mentions => bound.Mentions;

    /// <summary>Brings the membership up to date, with a change appended when it did change.</summary>
    public void Evaluate(
        CustomerRecord record, ReadOnlySpan<byte> customerKey, long nowMs, List<MembershipChange> changes)
    {
        var result = bound.Code.Evaluate(record, nowMs);
        ref var slot = ref MembershipSlot.Of(record, index);
        if (damping is not null)
        {
            result = damping.Apply(record, in slot, result, nowMs);
        }

        slot.DueMs = result.NextMs;
        if (result.Holds == slot.IsMember)
        {
            return;
        }

        var sinceMs = result.Holds ? nowMs : slot.SinceMs;
        slot.SinceMs = result.Holds ? nowMs : 0;
        changes.Add(new MembershipChange(
            id, version, result.Holds ? MembershipKind.Entered : MembershipKind.Exited,
            Encoding.UTF8.GetString(customerKey), nowMs, sinceMs, Values(record, nowMs)));
    }

    /// <summary>What the expression saw, in the order in which it mentions it.</summary>
    public IReadOnlyList<TraitValue> Values(CustomerRecord record, long nowMs)
    {
        var values = new TraitValue[bound.Mentions.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = new TraitValue(bound.Mentions[i].Text, ValueOf(bound.Mentions[i], record, nowMs));
        }

        return values;
    }

    /// <summary>What is held back at an instant: when the expression alone would have changed the membership, or is going to, and until when
    /// it is held; null when nothing is.</summary>
    public HeldMembership? HeldBack(CustomerRecord record, long nowMs)
    {
        if (damping is null)
        {
            return null;
        }

        ref var slot = ref MembershipSlot.Of(record, index);
        var untilMs = damping.HeldUntilMs(record, in slot);
        if (nowMs >= untilMs)
        {
            return null;
        }

        var answer = bound.Code.Evaluate(record, nowMs);
        var fromMs = answer.Holds == slot.IsMember ? answer.NextMs : damping.OtherwiseSinceMs(record) is > 0 and var sinceMs ? sinceMs : nowMs;
        return fromMs < untilMs ? new HeldMembership(fromMs, untilMs) : null;
    }

    public SegmentCost Cost(bool changesByTime)
    {
        var aggregates = bound.Mentions.Where(mention => mention.Aggregate is not null).Select(mention => mention.Aggregate!).Distinct()
            .Select(CostOf).ToArray();
        return new SegmentCost(
            id, aggregates, MembershipSlot.Bytes + (damping is null ? 0 : Damping.Bytes) + aggregates.Sum(aggregate => aggregate.FixedBytes),
            aggregates.Sum(aggregate => aggregate.BytesPerPane * aggregate.PanesMax), changesByTime || damping is not null);
    }

    private static TraitCost CostOf(Aggregate aggregate)
    {
        var text = aggregate.Spec.Canonical;
        var paneMs = aggregate.Window.PaneMs > 1 ? aggregate.Window.PaneMs : 0;
        return aggregate.Kind switch
        {
            AggregateKind.Distinct => new TraitCost(text, paneMs, 0, 2 * sizeof(long), DistinctValues.ValuesMax),
            AggregateKind.DistinctMany => new TraitCost(text, paneMs, 0, 2 * sizeof(long), 2 << DistinctSketch.RegisterBits),
            AggregateKind.Sequence => new TraitCost(text, 0, 2 * sizeof(long), 3 * sizeof(long), SequenceMatches.EntriesMax),
            AggregateKind.Profile => new TraitCost(text, 0, 0, sizeof(long) + ProfileValues.BytesMax, 1),
            _ when aggregate.IsText => new TraitCost(text, 0, 0, sizeof(long) + KeptText.BytesMax, 1),
            _ when aggregate.HasPanes => new TraitCost(
                text, paneMs, 0, (aggregate.Words + 1) * sizeof(long), aggregate.Period?.PanesMax ?? aggregate.Window.PaneCountMax),
            _ => new TraitCost(text, 0, aggregate.SlotBytes, 0, 0),
        };
    }

    // For did, since_last and since_first the time of the event says more than "true" or a duration that is old already.
    private string ValueOf(Mention mention, CustomerRecord record, long nowMs)
    {
        if (mention.Show is { } show)
        {
            return show(record, nowMs);
        }

        if (mention.Read is not { Aggregate: var aggregate } read)
        {
            return MembershipSlot.Of(record, mention.Segment).IsMember ? "true" : "false";
        }

        if (aggregate.IsText)
        {
            var text = KeptText.Read(record, aggregate.Id, out var timeMs);
            return nowMs - timeMs < read.WindowMs ? Encoding.UTF8.GetString(text) : "";
        }

        if (!AggregateReader.TryRead(read, record, nowMs, out var value, out _))
        {
            return "";
        }

        if (aggregate.Spec.Type == AggregateType.Boolean)
        {
            return value == 0 ? "false" : "true";
        }

        if (aggregate.Kind is not (AggregateKind.FirstTime or AggregateKind.LastTime))
        {
            return AggregateTypes.Format(value, aggregate.Spec.Type, currency);
        }

        return value == 0 ? "" : TraitText.Instant(value);
    }
}
