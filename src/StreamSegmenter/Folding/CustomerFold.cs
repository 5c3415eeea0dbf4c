using System.Globalization;
using System.Text;
using StreamSegmenter.Conversions;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Folding;

/// <summary>The whole life of one customer's record: what an event does to it, and what the passing of time does.
/// Before an event is applied, everything that is due at or before its time happens, in the order of the instants;
/// so the result depends on event times only, never on when the engine got to it. One instance per lane.</summary>
internal sealed class CustomerFold
{
    private static readonly string TooLarge = string.Create(
        CultureInfo.InvariantCulture,
        $"the state of this customer has more than {CustomerRecord.BytesMax} bytes: a bot, or aggregates with too many panes; give their windows longer panes ('pane')");

    private readonly SeenEvents _seen;
    private readonly KnownOrders _orders;
    private readonly Sessions _sessions;
    private readonly ConversionProgram _conversions;
    private readonly CartAbandonmentProgram _carts;
    private readonly RuleAttributes _attributes;
    private readonly SegmentProgram _segments;
    private readonly LateEvents _late;

    public CustomerFold(StorefrontDefinitions definitions, SegmentProgram segments)
    {
        _segments = segments;
        _seen = new SeenEvents(definitions.DeduplicationMs);
        _orders = new KnownOrders(definitions.OrdersRememberMs, definitions.Currency);
        _sessions = new Sessions(definitions.SessionGapMs, definitions.Conversions.Funnel);
        _conversions = new ConversionProgram(definitions.Conversions);
        _carts = new CartAbandonmentProgram(
            definitions.CartAbandonment, segments, definitions.CartHorizonMs, definitions.GraceMs, definitions.Currency);
        _attributes = new RuleAttributes(definitions.CartAbandonment);
        Layout = new RecordLayout(segments.Layout.Segments, segments.Layout.Aggregates, _carts.Layout);
        var properties = segments.PropertyNames.Concat(_attributes.Names)
            .Concat(definitions.Conversions.Dimensions.SelectMany(dimension => dimension.FieldNames));
        _late = new LateEvents(
            this, segments, _carts, definitions.GraceMs, new RecentEvents([.. properties.Distinct().Select(Encoding.UTF8.GetBytes)]));
    }

    /// <summary>What the definitions dictate of every record.</summary>
    public RecordLayout Layout { get; }

    /// <summary>Applies one event. Its time may lie behind the customer's clock: a late event within grace.</summary>
    public FoldOutcome Apply(
        CustomerRecord record, ReadOnlySpan<byte> customerKey, in StorefrontEvent e, EventBatch batch, FoldOutput output)
    {
        if (_seen.IsDuplicate(record, in e, batch))
        {
            return FoldOutcome.Duplicate;
        }

        _late.Open(record, Math.Min(e.EventTimeMs, record.Header.NextDueMs));
        if (_late.CanTurnBack(record, in e, batch) && _late.TryInsert(record, customerKey, in e, batch, output))
        {
            return FoldOutcome.Applied;
        }

        // A late event from before other definitions came is applied under those: there is one history only.
        var isOverdue = (record.Header.Flags & CustomerFlags.DefinitionsChanged) != 0;
        RunUntil(record, customerKey, isOverdue ? Math.Max(e.EventTimeMs, record.Header.SegmentsDueMs) : e.EventTimeMs, output);
        if (record.IsFull)
        {
            output.Carts.Problems.Add(EventProblem.Of(in e, batch, TooLarge) with { IsRefusal = true });
            return FoldOutcome.Refused;
        }

        var isRemembered = TryPrepare(record, customerKey, in e, batch);
        ApplyInTurn(record, customerKey, in e, batch, output);
        if (!isRemembered)
        {
            _late.Settle(record);
        }

        return FoldOutcome.Applied;
    }

    /// <summary>Keeps what is needed to fold the event anew should another one come before it; false when it is too large.</summary>
    private bool TryPrepare(CustomerRecord record, ReadOnlySpan<byte> customerKey, in StorefrontEvent e, EventBatch batch)
    {
        var isNew = record.Header.Sessions == 0;
        if (!isNew && e.EventTimeMs < record.Header.ClockMs)
        {
            _late.FoldIntoBaseline(record, customerKey, in e, batch);
            return true;
        }

        _late.MoveBaseline(record, isNew, e.EventTimeMs);
        return _late.TryRemember(record, customerKey, in e, batch);
    }

    /// <summary>Folds an event whose turn it is: everything before it has happened.</summary>
    internal void ApplyInTurn(
        CustomerRecord record, ReadOnlySpan<byte> customerKey, in StorefrontEvent e, EventBatch batch, FoldOutput output)
    {
        ref var header = ref record.Header;
        var isNew = header.Sessions == 0;
        var nowMs = Math.Max(isNew ? long.MinValue : header.ClockMs, e.EventTimeMs);
        header.FirstSeenMs = isNew ? e.EventTimeMs : Math.Min(header.FirstSeenMs, e.EventTimeMs);
        header.LastSeenMs = isNew ? e.EventTimeMs : Math.Max(header.LastSeenMs, e.EventTimeMs);
        header.ClockMs = nowMs;

        Fold(record, customerKey, in e, batch, isNew, output);
        if (isNew)
        {
            _segments.Evaluate(record, customerKey, nowMs, output.MembershipChanges);
        }
        else
        {
            _segments.EvaluateTouched(record, customerKey, e.Type, nowMs, output.MembershipChanges);
        }

        Schedule(ref record.Header);
    }

    private void Fold(
        CustomerRecord record, ReadOnlySpan<byte> customerKey, in StorefrontEvent e, EventBatch batch, bool isNew, FoldOutput output)
    {
        var order = _orders.Fold(record, in e, batch);
        if (order.News is not (OrderNews.Repeated or OrderNews.TotalChanged))
        {
            Fold(record, customerKey, in e, batch, order, isNew, output);
            return;
        }

        // The order took its cart and counted when it came first: told again, it is an event like any other.
        var again = e;
        again.Type = EventTypes.Other;
        Fold(record, customerKey, in again, batch, order, isNew, output);
        if (order.News == OrderNews.TotalChanged)
        {
            _segments.CorrectTotal(record, in e, batch, order.OrderedAtMs, order.TotalMinor);
        }
    }

    private void Fold(
        CustomerRecord record, ReadOnlySpan<byte> customerKey, in StorefrontEvent e, EventBatch batch, OrderProgress order, bool isNew,
        FoldOutput output)
    {
        ref var header = ref record.Header;
        var session = _sessions.Fold(ref header, e.Type, e.EventTimeMs, SeenIn(in header, in e, batch));
        Count(in header, isNew, session, ref output.Totals);
        _attributes.Fold(record, in e, batch, output.Carts.Problems);
        _conversions.Count(record, in e, batch, session, order, output.Panes);
        output.Totals.TriggersPending += _carts.Apply(record, customerKey, in e, batch, output.Carts);
        CountOrder(ref record.Header, order);
        _segments.Fold(record, in e, batch);
        if (order.RefundedMinor != 0)
        {
            _segments.Refund(record, in e, batch, order.OrderedAtMs, order.RefundedMinor);
        }
    }

    private SessionFlags SeenIn(in CustomerHeader header, in StorefrontEvent e, EventBatch batch) => e.Type == EventTypes.OrderCompleted
        ? SessionFlags.Order
        : _carts.PutsInCart(in header, in e, batch) ? SessionFlags.Cart : SessionFlags.None;

    /// <summary>Lets time pass: everything due at or before <paramref name="untilMs"/> happens at its own instant, segments
    /// before carts where the instants are equal, so that a deadline sees the memberships of its instant.</summary>
    public void RunUntil(CustomerRecord record, ReadOnlySpan<byte> customerKey, long untilMs, FoldOutput output)
    {
        record.OpenHistory();
        if ((record.Header.Flags & CustomerFlags.DefinitionsChanged) != 0 && record.Header.SegmentsDueMs <= untilMs)
        {
            Adopt(record, customerKey, output);
        }

        while (record.Header.NextDueMs <= untilMs)
        {
            _late.MoveBaseline(record, false, record.Header.NextDueMs);
            Advance(record, customerKey, record.Header.NextDueMs, output);
        }
    }

    /// <summary>The present definitions take over a record from others: nothing was due before.</summary>
    private void Adopt(CustomerRecord record, ReadOnlySpan<byte> customerKey, FoldOutput output)
    {
        ref var header = ref record.Header;
        header.Flags &= ~CustomerFlags.DefinitionsChanged;
        header.ClockMs = Math.Max(header.ClockMs, header.SegmentsDueMs);
        output.Totals.TriggersPending += _carts.Adopt(record);
        _attributes.Adopt(record);
        _segments.Evaluate(record, customerKey, record.Header.ClockMs, output.MembershipChanges);
        Schedule(ref record.Header);
        _late.Begin(record);
    }

    /// <summary>The same for a record that is folded anew.</summary>
    internal void Advance(CustomerRecord record, ReadOnlySpan<byte> customerKey, long untilMs, FoldOutput output)
    {
        while (record.Header.NextDueMs <= untilMs)
        {
            var dueMs = record.Header.NextDueMs;
            var nowMs = Math.Max(record.Header.ClockMs, dueMs);
            record.Header.ClockMs = nowMs;
            if (record.Header.SegmentsDueMs <= dueMs)
            {
                _segments.Evaluate(record, customerKey, nowMs, output.MembershipChanges);
            }

            if (record.Header.CartsDueMs <= dueMs)
            {
                output.Totals.TriggersPending += _carts.FireDue(record, customerKey, dueMs, output.Carts);
            }

            Schedule(ref record.Header);
        }
    }

    /// <summary>Counts what a restored record holds: deadlines that are armed, and memberships by segment.</summary>
    public void Recount(CustomerRecord record, ref FoldTotals totals, Span<long> members)
    {
        totals.TriggersPending += CartAbandonmentProgram.CountArmed(record);
        for (var segment = 0; segment < members.Length; segment++)
        {
            members[segment] += _segments.IsMember(record, segment) ? 1 : 0;
        }
    }

    /// <summary>The customer's state, spelled out as of the last instant for which it was evaluated.</summary>
    public CustomerView Describe(CustomerRecord record, ReadOnlySpan<byte> customerKey)
    {
        var header = record.Header;
        return new CustomerView(
            Encoding.UTF8.GetString(customerKey), header.ClockMs, header.FirstSeenMs, header.LastSeenMs,
            _sessions.Describe(in header), header.Sessions, header.Orders, header.RevenueMinor,
            header.Orders == 0 ? null : header.LastOrderMs, _carts.Describe(record),
            _carts.DescribeSent(record), _segments.Explain(record, header.ClockMs), header.NextDueMs == long.MaxValue ? null : header.NextDueMs);
    }

    /// <summary>The customer's carts, spelled out.</summary>
    public IReadOnlyList<CartView> DescribeCarts(CustomerRecord record) => _carts.Describe(record);

    private static void Schedule(ref CustomerHeader header) =>
        header.NextDueMs = Math.Min(header.CartsDueMs, header.SegmentsDueMs);

    private static void CountOrder(ref CustomerHeader header, OrderProgress order)
    {
        if (order.News == OrderNews.New)
        {
            header.LastOrderMs = header.Orders == 0 ? order.OrderedAtMs : Math.Max(header.LastOrderMs, order.OrderedAtMs);
            header.Orders++;
        }

        header.RevenueMinor += order.TotalMinor;
    }

    private static void Count(in CustomerHeader header, bool isNew, SessionProgress session, ref FoldTotals totals)
    {
        const SessionFlags Both = SessionFlags.Cart | SessionFlags.Order;
        totals.Customers += isNew ? 1 : 0;
        totals.Sessions += session.Began ? 1 : 0;
        totals.SessionsWithCart += session.FirstCart ? 1 : 0;
        totals.SessionsWithOrder += session.FirstOrder ? 1 : 0;
        if ((session.FirstCart || session.FirstOrder) && (header.SessionFlags & Both) == Both)
        {
            totals.SessionsWithCartAndOrder++;
        }
    }
}
