using StreamSegmenter.Customers;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Folding;

/// <summary>Makes the result independent of the order in which events arrive, within grace. A record keeps what the customer was
/// before the recent events (the baseline) and those events; an event that comes behind one of them, or behind an instant for which
/// the customer was evaluated, is put in its place and the history since the baseline is folded anew. What the new history gives and
/// the old one did not is emitted, what only the old one gave is taken back.
/// <code>
/// baseline        recent events         clock
///    |──── e1 ──── e2 ────── e3 ──────────|     a late event between e1 and e2:
///    |──── e1 ─ late ─ e2 ── e3 ──────────|     both are folded from the baseline to the clock, and compared
/// </code>
/// The baseline moves forward when everything since it is older than grace. Bounds: <see cref="RecentEvents.EntriesMax"/> events and
/// <see cref="RecentEvents.BytesMax"/> bytes, the older half of which then goes into the baseline; a state of more than
/// <see cref="StateBytesMax"/> bytes keeps neither. An event from before the baseline is folded as if it came at its end.</summary>
internal sealed class LateEvents(CustomerFold fold, SegmentProgram segments, CartAbandonmentProgram carts, long graceMs, RecentEvents recent)
{
    public const int StateBytesMax = 64 * 1024;

    private readonly CustomerRecord _before = new();
    private readonly CustomerRecord _after = new();
    private readonly EventBatch _events = new(RecentEvents.EntriesMax);
    private readonly List<TieBreak> _ties = [];
    private readonly PaneDifferences _panes = new();
    private FoldOutput? _old;
    private FoldOutput? _new;

    /// <summary>To be called before anything else, with the instant at which something happens to the customer next. Where the baseline is going
    /// to move past all that is remembered, that is forgotten unread.</summary>
    public void Open(CustomerRecord record, long atMs)
    {
        if (IsOutdated(record, atMs))
        {
            record.History.Forget();
        }
        else
        {
            record.OpenHistory();
        }
    }

    /// <summary>To be called before something happens to the customer at an instant: once all that happened since the baseline is so
    /// old that no event can come before it any more, the present becomes the baseline.</summary>
    public void MoveBaseline(CustomerRecord record, bool isNew, long atMs)
    {
        if (graceMs <= 0 || !(isNew || IsOutdated(record, atMs)))
        {
            return;
        }

        record.History.ClearEvents();
        if (isNew)
        {
            record.History.SetBaseline(BaselineKind.NewCustomer);
        }
        else
        {
            record.SetBaseline(StateBytesMax);
        }
    }

    /// <summary>Remembers an event that is about to be folded in its turn; false for one that is too large for that: once it is folded,
    /// <see cref="Settle"/> must be called.</summary>
    public bool TryRemember(CustomerRecord record, ReadOnlySpan<byte> customerKey, in StorefrontEvent e, EventBatch batch)
    {
        if (graceMs <= 0 || record.History.Kind == BaselineKind.Unknown)
        {
            return true;
        }

        var tie = EventOrder.TieOf(in e, batch);
        if (TryAppend(record, in e, batch, tie))
        {
            return true;
        }

        MakeRoom(record, customerKey);
        return TryAppend(record, in e, batch, tie);
    }

    /// <summary>Makes the present the baseline: what was folded so far is not folded anew.</summary>
    public void Settle(CustomerRecord record)
    {
        record.History.ClearEvents();
        record.SetBaseline(StateBytesMax);
    }

    /// <summary>The present is the first that these definitions know.</summary>
    public void Begin(CustomerRecord record)
    {
        if (graceMs > 0)
        {
            Settle(record);
        }
    }

    /// <summary>Whether the event belongs before something that was folded, and the record knows how.</summary>
    public bool CanTurnBack(CustomerRecord record, in StorefrontEvent e, EventBatch batch)
    {
        if (graceMs <= 0 || (e.EventTimeMs >= record.Header.ClockMs && (e.EventTimeMs > record.Header.LastSeenMs || !RecentEvents.IsBehind(in record.History.Events, in e, batch))))
        {
            return false;
        }

        return record.History.Kind == BaselineKind.NewCustomer
            || (record.History.Kind == BaselineKind.Known && CustomerRecord.HeaderOf(record.History.Baseline).ClockMs <= e.EventTimeMs);
    }

    /// <summary>Folds an event from before the baseline, which no record can put in its place any more, into the baseline too.</summary>
    public void FoldIntoBaseline(CustomerRecord record, ReadOnlySpan<byte> customerKey, in StorefrontEvent e, EventBatch batch)
    {
        if (record.History.Kind == BaselineKind.Known)
        {
            var output = _old ??= new FoldOutput(_panes);
            Begin(output);
            _panes.Begin(NoPanes.Instance);
            LoadBaseline(record, _before);
            fold.ApplyInTurn(_before, customerKey, in e, batch, output);
            MakeBaseline(record, _before);
            record.History.ForgetNext();
        }
    }

    /// <summary>Puts an event in its place that <see cref="CanTurnBack"/>; false when there is no room for it that goes so far back.</summary>
    public bool TryInsert(CustomerRecord record, ReadOnlySpan<byte> customerKey, in StorefrontEvent e, EventBatch batch, FoldOutput output)
    {
        if (RecentEvents.CountOf(in record.History.Events) == RecentEvents.EntriesMax)
        {
            MakeRoom(record, customerKey);
            if (!CanTurnBack(record, in e, batch))
            {
                return false;
            }
        }

        Insert(record, customerKey, in e, batch, output);
        return true;
    }

    private void Insert(CustomerRecord record, ReadOnlySpan<byte> customerKey, in StorefrontEvent e, EventBatch batch, FoldOutput output)
    {
        var untilMs = record.Header.ClockMs;
        RecentEventReader.Read(record.History.Events.Bytes, customerKey, _events, _ties);
        var tie = EventOrder.TieOf(in e, batch);
        var place = PlaceOf(e.EventTimeMs, tie);
        var old = _old ??= new FoldOutput(_panes);
        var now = _new ??= new FoldOutput(_panes);
        Begin(old);
        Begin(now);
        _panes.Begin(output.Panes);
        LoadBaseline(record, _before);
        Replay(_before, customerKey, 0, _events.Count, old);
        fold.Advance(_before, customerKey, untilMs, old);
        _panes.Turn();
        LoadBaseline(record, _after);
        Replay(_after, customerKey, 0, place, now);
        fold.Advance(_after, customerKey, e.EventTimeMs, now);
        fold.ApplyInTurn(_after, customerKey, in e, batch, now);
        Replay(_after, customerKey, place, _events.Count, now);
        fold.Advance(_after, customerKey, untilMs, now);

        carts.Correct(record, _after, old.Carts, now.Carts, in e, batch, output.Carts);
        segments.Correct(record, _after, customerKey, now.MembershipChanges, output.MembershipChanges);
        AddProblems(in e, now.Carts.Problems, output.Carts.Problems);
        _panes.Apply();
        output.Totals.Add(in now.Totals);
        output.Totals.Subtract(in old.Totals);
        var wheelDueMs = record.Header.WheelDueMs;
        record.ReplaceStateBy(_after);
        record.Header.WheelDueMs = wheelDueMs;
        Rewrite(record, customerKey, place, in e, batch, tie);
    }

    private bool IsOutdated(CustomerRecord record, long atMs) => record.Header.ClockMs < atMs - graceMs;

    // Who has so many events at a time has more, as a rule: what the customer is now is a baseline at hand when the list is full.
    private bool TryAppend(CustomerRecord record, in StorefrontEvent e, EventBatch batch, TieBreak tie)
    {
        if (!record.History.HasNext && RecentEvents.CountOf(in record.History.Events) == RecentEvents.EntriesMax / 2)
        {
            record.KeepNextBaseline(StateBytesMax);
        }

        return recent.TryAppend(ref record.History.Events, in e, batch, tie);
    }

    private static void Begin(FoldOutput output)
    {
        output.Clear();
        output.Totals = default;
    }

    private void Replay(CustomerRecord record, ReadOnlySpan<byte> customerKey, int from, int to, FoldOutput output)
    {
        for (var i = from; i < to; i++)
        {
            ref readonly var e = ref _events[i];
            fold.Advance(record, customerKey, e.EventTimeMs, output);
            fold.ApplyInTurn(record, customerKey, in e, _events, output);
        }
    }

    private int PlaceOf(long eventTimeMs, TieBreak tie)
    {
        var place = _events.Count;
        while (place > 0 && (_events[place - 1].EventTimeMs > eventTimeMs
            || (_events[place - 1].EventTimeMs == eventTimeMs && _ties[place - 1].CompareTo(tie) > 0)))
        {
            place--;
        }

        return place;
    }

    private void Rewrite(CustomerRecord record, ReadOnlySpan<byte> customerKey, int place, in StorefrontEvent e, EventBatch batch, TieBreak tie)
    {
        record.History.ClearEvents();
        for (var i = 0; i <= _events.Count; i++)
        {
            if (i == place && !recent.TryAppend(ref record.History.Events, in e, batch, tie))
            {
                break;
            }

            if (i < _events.Count && !recent.TryAppend(ref record.History.Events, in _events[i], _events, _ties[i]))
            {
                break;
            }
        }

        if (RecentEvents.CountOf(in record.History.Events) <= _events.Count)
        {
            // No room for one more: what was folded is right, and events before this instant are folded at its end.
            Settle(record);
        }
    }

    /// <summary>Takes the older half of the recent events into the baseline.</summary>
    private void MakeRoom(CustomerRecord record, ReadOnlySpan<byte> customerKey)
    {
        if (record.History.HasNext)
        {
            record.History.MoveToNext();
        }
        else
        {
            FoldOlderHalf(record, customerKey);
        }
    }

    private void FoldOlderHalf(CustomerRecord record, ReadOnlySpan<byte> customerKey)
    {
        RecentEventReader.Read(record.History.Events.Bytes, customerKey, _events, _ties);
        var output = _old ??= new FoldOutput(_panes);
        var half = (_events.Count + 1) / 2;
        Begin(output);
        _panes.Begin(NoPanes.Instance);
        LoadBaseline(record, _before);
        Replay(_before, customerKey, 0, half, output);
        MakeBaseline(record, _before);
        record.History.ClearEvents();
        for (var i = half; i < _events.Count; i++)
        {
            recent.TryAppend(ref record.History.Events, in _events[i], _events, _ties[i]);
        }
    }

    private static void MakeBaseline(CustomerRecord record, CustomerRecord state)
    {
        if (state.Bytes.Length > StateBytesMax)
        {
            record.History.SetBaseline(BaselineKind.Unknown);
            return;
        }

        state.Bytes.Span.CopyTo(record.History.SetBaseline(state.Bytes.Length));
    }

    private void LoadBaseline(CustomerRecord record, CustomerRecord into)
    {
        if (record.History.Kind == BaselineKind.NewCustomer)
        {
            into.Initialize(fold.Layout);
        }
        else
        {
            into.CopyFrom(record.History.Baseline);
        }
    }

    /// <summary>What is wrong in the other events was said when they came.</summary>
    private static void AddProblems(in StorefrontEvent e, List<EventProblem> found, List<EventProblem> output)
    {
        foreach (var problem in found)
        {
            if (problem.Offset == e.Offset && problem.Input == e.Input && problem.Partition == e.Partition)
            {
                output.Add(problem);
            }
        }
    }
}
