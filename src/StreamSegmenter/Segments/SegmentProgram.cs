using System.Text;
using StreamSegmenter.Aggregates;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;

namespace StreamSegmenter.Segments;

/// <summary>All segments of a storefront, compiled: folds events into a customer's aggregates and keeps the memberships right at
/// every instant. Immutable, so any number of threads may share one; a record belongs to one thread.
/// <para>The caller keeps three rules: it calls <see cref="Evaluate"/> for the instant <see cref="CustomerHeader.SegmentsDueMs"/>
/// before it folds an event at or behind that instant; after each <see cref="Fold"/> that returned true it calls
/// <see cref="EvaluateTouched"/> or <see cref="Evaluate"/>; and the instant of those calls is the larger of the event's time and
/// <see cref="CustomerHeader.ClockMs"/>, so it never goes back.</para></summary>
internal sealed class SegmentProgram
{
    private readonly CompiledSegment[] _inOrder;
    private readonly CompiledSegment[] _byIndex;
    private readonly EventFeeds _feeds;

    internal SegmentProgram(CompiledSegment[] inOrder, AggregateTable aggregates)
    {
        _inOrder = inOrder;
        _byIndex = [.. inOrder.OrderBy(segment => segment.Index)];
        _feeds = new EventFeeds(
            aggregates.Aggregates, [.. inOrder.Select(segment => new EventFeeds.BoundIndex(segment.Index, segment.Mentions))]);
        SegmentIds = [.. _byIndex.Select(segment => segment.Id)];
        Versions = [.. _byIndex.Select(segment => segment.Version)];
        Costs = CostsOf(inOrder);
        Specs = [.. aggregates.Aggregates.Select(aggregate => aggregate.Spec)];
        PropertyNames = [.. Specs.SelectMany(PropertiesOf).Distinct(StringComparer.Ordinal)];
        Layout = new RecordLayout(
            [.. _byIndex.Select(segment => new SegmentLayout(segment.Id, segment.Version))],
            aggregates.Layout);
    }

    /// <summary>What a customer's record holds of these segments.</summary>
    public RecordLayout Layout { get; }

    /// <summary>In the order of the definitions, which is that of the segment indexes.</summary>
    public IReadOnlyList<string> SegmentIds { get; }

    /// <summary>For each segment the hash of its definition and of those that it refers to, 8 hexadecimal digits.</summary>
    public IReadOnlyList<string> Versions { get; }

    /// <summary>In the order of the definitions.</summary>
    public IReadOnlyList<SegmentCost> Costs { get; }

    /// <summary>For each segment whether it is always empty or holds everyone, as far as that can be told.</summary>
    public IReadOnlyList<Outcome> Outcomes { get; init; } = [];

    /// <summary>What the aggregates are made of.</summary>
    internal IReadOnlyList<AggregateSpec> Specs { get; }

    /// <summary>The event properties that the segments look at.</summary>
    internal IReadOnlyList<string> PropertyNames { get; }

    /// <summary>The aggregates that a segment reads, directly or through other segments, and how far back each looks: null where it looks
    /// back to the first event.</summary>
    internal IEnumerable<(AggregateLayout Layout, long? WindowMs)> AggregatesOf(int segment)
    {
        foreach (var mention in _byIndex[segment].Mentions)
        {
            if (mention.IsSegment)
            {
                foreach (var aggregate in AggregatesOf(mention.Segment))
                {
                    yield return aggregate;
                }
            }
            else if (mention.Read is { } read)
            {
                var windowMs = read.Aggregate.Spec.Window?.LengthMs ?? (read.WindowMs == long.MaxValue ? null : read.WindowMs);
                yield return (new AggregateLayout(read.Aggregate.Meaning, read.Aggregate.SlotBytes), windowMs);
            }
        }
    }

    /// <summary>Folds one event into the aggregates that its type feeds. True when the memberships must be evaluated: a
    /// aggregate changed, or the customer was never evaluated.</summary>
    public bool Fold(CustomerRecord record, in StorefrontEvent e, EventBatch batch)
    {
        var touched = !IsEvaluated(record);
        foreach (var aggregate in _feeds.Of(e.Type).Aggregates)
        {
            touched |= aggregate.Fold(record, in e, batch);
        }

        return touched;
    }

    /// <summary>An order that was folded has another total: sums and averages of totals take the difference, at the order's own
    /// instant. What looks at single totals (min, max, first, last, where) keeps what it saw.</summary>
    public void CorrectTotal(CustomerRecord record, in StorefrontEvent e, EventBatch batch, long orderedAtMs, long differenceMinor)
    {
        foreach (var aggregate in _feeds.Of(e.Type).Aggregates)
        {
            aggregate.CorrectTotal(record, in e, batch, orderedAtMs, differenceMinor, isRefund: false);
        }
    }

    /// <summary>Money of an order went back: what is net takes it, at the order's own instant.</summary>
    public void Refund(CustomerRecord record, in StorefrontEvent e, EventBatch batch, long orderedAtMs, long refundedMinor)
    {
        if (!_feeds.HasNet)
        {
            return;
        }

        foreach (var aggregate in _feeds.Of(EventTypes.OrderCompleted).Aggregates)
        {
            aggregate.CorrectTotal(record, in e, batch, orderedAtMs, -refundedMinor, isRefund: true);
        }
    }

    /// <summary>Brings all memberships up to date for an instant, appends the changes in order of evaluation, and sets the
    /// header's <see cref="CustomerHeader.SegmentsDueMs"/> to the next instant at which an answer can change by
    /// time alone.</summary>
    public void Evaluate(
        CustomerRecord record, ReadOnlySpan<byte> customerKey, long nowMs, List<MembershipChange> changes)
    {
        nowMs = Math.Max(nowMs, Aggregate.TimeMinMs);
        if ((record.Header.Flags & CustomerFlags.HasLeftSegments) != 0)
        {
            AddLeft(record, customerKey, nowMs, changes);
        }

        foreach (var segment in _inOrder)
        {
            segment.Evaluate(record, customerKey, nowMs, changes);
        }

        UpdateDue(record);
    }

    /// <summary>The same after an event of that type, looking only at the segments that the type feeds and those that
    /// refer to them; at all of them when the customer was never evaluated or is overdue.</summary>
    public void EvaluateTouched(
        CustomerRecord record, ReadOnlySpan<byte> customerKey, EventType type, long nowMs, List<MembershipChange> changes)
    {
        if (record.Header.SegmentsDueMs <= nowMs || !IsEvaluated(record))
        {
            Evaluate(record, customerKey, nowMs, changes);
            return;
        }

        nowMs = Math.Max(nowMs, Aggregate.TimeMinMs);
        foreach (var segment in _feeds.Of(type).Segments)
        {
            _byIndex[segment].Evaluate(record, customerKey, nowMs, changes);
        }

        UpdateDue(record);
    }

    public bool IsMember(CustomerRecord record, int segmentIndex) => MembershipSlot.Of(record, segmentIndex).IsMember;

    /// <summary>The instant at which the membership began; 0 when not a member.</summary>
    public long MemberSinceMs(CustomerRecord record, int segmentIndex) => MembershipSlot.Of(record, segmentIndex).SinceMs;

    /// <summary>For each segment, in the order of the definitions: whether the customer is in it, since when, and the aggregate
    /// values at that instant.</summary>
    public IReadOnlyList<SegmentExplanation> Explain(CustomerRecord record, long nowMs)
    {
        nowMs = Math.Max(nowMs, Aggregate.TimeMinMs);
        return [.. _byIndex.Select(segment =>
        {
            var slot = MembershipSlot.Of(record, segment.Index);
            return new SegmentExplanation(
                segment.Id, segment.Version, segment.Canonical, slot.IsMember, slot.SinceMs, slot.DueMs,
                segment.Values(record, nowMs))
            {
                Held = segment.HeldBack(record, nowMs),
            };
        })];
    }

    /// <summary>Exits from segments that are no longer defined. Their instant is the one at which the definitions changed for this
    /// customer; no aggregate explains them.</summary>
    private static void AddLeft(CustomerRecord record, ReadOnlySpan<byte> customerKey, long nowMs, List<MembershipChange> changes)
    {
        var customerId = Encoding.UTF8.GetString(customerKey);
        foreach (var left in LeftSegments.TakeAll(record))
        {
            changes.Add(new MembershipChange(left.Id, left.Version, MembershipKind.Exited, customerId, nowMs, left.SinceMs, []));
        }
    }

    private bool IsEvaluated(CustomerRecord record) =>
        _byIndex.Length == 0 || MembershipSlot.Of(record, 0).DueMs != 0;

    private void UpdateDue(CustomerRecord record)
    {
        var dueMs = long.MaxValue;
        foreach (ref readonly var slot in MembershipSlot.All(record, _byIndex.Length))
        {
            dueMs = Math.Min(dueMs, slot.DueMs);
        }

        record.Header.SegmentsDueMs = dueMs;
    }

    /// <summary>Appends what subscribers must be told after a record was folded anew: memberships that differ from those that they
    /// know.</summary>
    /// <param name="known">The record as subscribers know it.</param>
    /// <param name="now">The record folded anew.</param>
    /// <param name="changesNow">The changes of the new fold; one of these explains a membership that differs, if it has one.</param>
    internal void Correct(
        CustomerRecord known, CustomerRecord now, ReadOnlySpan<byte> customerKey, IReadOnlyList<MembershipChange> changesNow,
        List<MembershipChange> changes)
    {
        foreach (var segment in _inOrder)
        {
            var (was, isMember) = (MembershipSlot.Of(known, segment.Index), MembershipSlot.Of(now, segment.Index).IsMember);
            if (was.IsMember == isMember)
            {
                continue;
            }

            var kind = isMember ? MembershipKind.Entered : MembershipKind.Exited;
            changes.Add(changesNow.LastOrDefault(change => change.Segment == segment.Id && change.Kind == kind)
                ?? new MembershipChange(
                    segment.Id, segment.Version, kind, Encoding.UTF8.GetString(customerKey), now.Header.ClockMs,
                    isMember ? MembershipSlot.Of(now, segment.Index).SinceMs : was.SinceMs, segment.Values(now, now.Header.ClockMs)));
        }
    }

    /// <summary>The event properties that an aggregate looks at.</summary>
    internal static IEnumerable<string> PropertiesOf(AggregateSpec spec) => (spec.Where?.PropertyNames ?? [])
        .Concat(spec.Sequence?.All.SelectMany(step => step.Where?.PropertyNames ?? []) ?? [])
        .Concat(spec.Field.Kind == FieldKind.Property ? [spec.Field.Name] : []);

    private static SegmentCost[] CostsOf(CompiledSegment[] inOrder)
    {
        var costs = new SegmentCost[inOrder.Length];
        foreach (var segment in inOrder)
        {
            var changesByTime = segment.Code.ChangesByTime
                || segment.Mentions.Any(mention => mention.IsSegment && costs[mention.Segment].ChangesByTime);
            costs[segment.Index] = segment.Cost(changesByTime);
        }

        return costs;
    }
}
