using System.Globalization;
using System.Text;
using StreamSegmenter.Aggregates;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;
using StreamSegmenter.Segments.Language;

namespace StreamSegmenter.Segments;

/// <summary>One segment, ready to run.</summary>
internal sealed class CompiledSegment(string id, int index, BoundSegment bound, string version, Currency currency)
{
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";

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
        var verdict = bound.Code.Evaluate(record, nowMs);
        ref var slot = ref MembershipSlot.Of(record, index);
        slot.DueMs = verdict.NextMs;
        if (verdict.Holds == slot.IsMember)
        {
            return;
        }

        var sinceMs = verdict.Holds ? nowMs : slot.SinceMs;
        slot.SinceMs = verdict.Holds ? nowMs : 0;
        changes.Add(new MembershipChange(
            id, version, verdict.Holds ? MembershipKind.Entered : MembershipKind.Exited,
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

    public SegmentCost Cost(bool changesByTime)
    {
        var traits = bound.Mentions.Where(mention => mention.Trait is not null).Select(mention => mention.Trait!).Distinct()
            .Select(CostOf).ToArray();
        return new SegmentCost(
            id, traits, MembershipSlot.Bytes + traits.Sum(trait => trait.FixedBytes),
            traits.Sum(trait => trait.BytesPerPane * trait.PanesMax), changesByTime);
    }

    private static TraitCost CostOf(Trait trait) => trait.Kind == AggregateKind.Distinct
        ? new TraitCost(
            trait.Spec.Canonical, trait.Window.PaneMs > 1 ? trait.Window.PaneMs : 0, 0, 2 * sizeof(long),
            DistinctValues.ValuesMax)
        : trait.IsText ? new TraitCost(trait.Spec.Canonical, 0, 0, sizeof(long) + KeptText.BytesMax, 1)
        : trait.IsWindowed ? new TraitCost(
            trait.Spec.Canonical, trait.Window.PaneMs > 1 ? trait.Window.PaneMs : 0, 0, (trait.Words + 1) * sizeof(long),
            trait.Window.PaneCountMax)
        : new TraitCost(trait.Spec.Canonical, 0, trait.SlotBytes, 0, 0);

    // For did, since_last and since_first the time of the event says more than "true" or a duration that is old already.
    private string ValueOf(Mention mention, CustomerRecord record, long nowMs)
    {
        if (mention.Reading is not { Trait: var trait } reading)
        {
            return MembershipSlot.Of(record, mention.Segment).IsMember ? "true" : "false";
        }

        if (trait.IsText)
        {
            var text = KeptText.Read(record, trait.Id, out var timeMs);
            return nowMs - timeMs < reading.WindowMs ? Encoding.UTF8.GetString(text) : "";
        }

        if (!TraitReader.TryRead(reading, record, nowMs, out var value, out _))
        {
            return "";
        }

        if (trait.Spec.Type == TraitType.Boolean)
        {
            return value == 0 ? "false" : "true";
        }

        if (trait.Kind is not (AggregateKind.FirstTime or AggregateKind.LastTime))
        {
            return TraitTypes.Format(value, trait.Spec.Type, currency);
        }

        return value == 0
            ? ""
            : DateTimeOffset.FromUnixTimeMilliseconds(value).ToString(TimeFormat, CultureInfo.InvariantCulture);
    }
}
