using System.Runtime.InteropServices;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;
using StreamSegmenter.Windows;

namespace StreamSegmenter.Aggregates;

/// <summary>One incremental aggregate of a customer's events: where it lives in the record and how an event is folded in.
/// A lifetime aggregate is a slot of the aggregate area, a windowed one a list of panes; different values are a list in either
/// case; a text, a profile attribute and a sequence are a section.
/// <code>
/// count, sum              value
/// first_time, last_time   epoch milliseconds, 0 for never
/// min, max, average       value (average: sum) · number of values
/// first, last             value · epoch milliseconds of its event, 0 for none
/// </code></summary>
internal sealed class Aggregate(AggregateSpec spec, ushort id, int offset, Currency currency)
{
    /// <summary>Times outside these bounds are taken for the bound, so that arithmetic on them cannot overflow.</summary>
    public const long TimeMinMs = 1;
    public const long TimeMaxMs = 253_402_300_799_999;

    public AggregateSpec Spec => spec;

    public ushort Id => id;

    /// <summary>Aggregates of equal meaning have equal states: an amount is counted in a currency and a day in a zone, so those belong
    /// to it.</summary>
    public string Meaning { get; } = spec.Canonical + (spec.Type == AggregateType.Money ? $" {currency}" : "") + spec.Calendar?.Meaning;

    public AggregateKind Kind { get; } = spec.Kind;

    public bool IsWindowed { get; } = spec.Window is not null || spec.Period is { HasPanes: true };

    public bool IsText { get; } = spec.Type == AggregateType.Text;

    /// <summary>The window of the calendar, if it has one that days leave.</summary>
    public CalendarPeriod? Period { get; } = spec.Period is { HasPanes: true } period ? period : null;

    public CustomerCalendar? Calendar { get; } = spec.Calendar;

    /// <summary>Whether the state is a list of panes.</summary>
    public bool HasPanes { get; } =
        spec.Window is not null || spec.Period is { HasPanes: true } || spec.Kind is AggregateKind.Distinct or AggregateKind.DistinctMany;

    /// <summary>For an aggregate that is not windowed: one that nothing ever leaves.</summary>
    public SlidingWindow Window { get; } = spec.Window ?? default;

    /// <summary>Numbers of 64 bits in one accumulator.</summary>
    public int Words { get; } = spec.Kind switch
    {
        AggregateKind.Average or AggregateKind.Min or AggregateKind.Max or AggregateKind.First or AggregateKind.Last => 2,
        _ => 1,
    };

    /// <summary>Bytes in the aggregate area.</summary>
    public int SlotBytes => HasPanes || IsText || Kind is AggregateKind.Profile or AggregateKind.Sequence ? 0 : Words * sizeof(long);

    /// <summary>The accumulator of an aggregate that has a slot.</summary>
    public Span<long> Slot(CustomerRecord record) =>
        MemoryMarshal.Cast<byte, long>(record.Aggregates.Slice(offset, Words * sizeof(long)));

    /// <summary>Folds one event of the aggregate's type in; true when it counted.</summary>
    public bool Fold(CustomerRecord record, in StorefrontEvent e, EventBatch batch)
    {
        if (spec.Where is not null && !spec.Where.Holds(in e, batch, record))
        {
            return false;
        }

        var timeMs = Math.Clamp(e.EventTimeMs, TimeMinMs, TimeMaxMs);
        if (spec.Period is { HasPanes: false } dates && !dates.Holds(Calendar!.Of(record).DayOf(timeMs), 0))
        {
            return false;
        }

        switch (Kind)
        {
            case AggregateKind.Profile:
                return ProfileValues.Fold(record, id, spec.Field, in e, batch, timeMs);
            case AggregateKind.Sequence:
                return SequenceMatches.Fold(record, id, spec.Sequence!, in e, batch, Math.Max(record.Header.ClockMs, timeMs));
            case AggregateKind.First or AggregateKind.Last when IsText:
                return KeptText.Fold(record, id, spec.Field.ReadText(in e, batch), timeMs, Kind == AggregateKind.First);
        }

        if (!TryReadValue(in e, batch, out var value))
        {
            return false;
        }

        if (!HasPanes)
        {
            Accumulate(Slot(record), value, timeMs);
            return true;
        }

        var (pane, expiredUpTo) = PaneOf(record, timeMs);
        if (Kind == AggregateKind.Distinct)
        {
            return DistinctValues.Fold(record, id, value, pane, expiredUpTo, Period?.Kind == PeriodKind.Yesterday);
        }

        if (Kind == AggregateKind.DistinctMany)
        {
            return DistinctSketch.Fold(record, id, Window.PaneMs, value, pane, expiredUpTo);
        }

        var accumulator = PaneList.Accumulator(record, id, Words, pane, expiredUpTo);
        if (accumulator.IsEmpty)
        {
            return false;
        }

        Accumulate(accumulator, value, timeMs);
        return true;
    }

    /// <summary>The pane that holds an instant, and up to which panes have expired at present.</summary>
    private (long Pane, long ExpiredUpTo) PaneOf(CustomerRecord record, long timeMs)
    {
        var nowMs = Math.Max(record.Header.ClockMs, timeMs);
        if (Period is { } period)
        {
            // A customer who moves to another zone may see a day again: two days more are kept then.
            var clock = Calendar!.Of(record);
            return (period.PaneOf(clock.DayOf(timeMs)), period.ExpiredUpTo(clock.DayOf(nowMs) - (Calendar.Zone is null ? 0 : 2)));
        }

        return spec.Window is null
            ? (long.MaxValue, long.MinValue)
            : (Window.PaneEndOf(timeMs), Window.ExpiredUpTo(nowMs));
    }

    /// <summary>Adds to what an order was worth, if this sums or averages totals.</summary>
    /// <param name="isRefund">The event takes money back: only what is net looks at it.</param>
    public void CorrectTotal(
        CustomerRecord record, in StorefrontEvent e, EventBatch batch, long orderedAtMs, long differenceMinor, bool isRefund)
    {
        if (Kind is not (AggregateKind.Sum or AggregateKind.Average) || !(spec.IsNet || (spec.Field.Kind == FieldKind.Total && !isRefund))
            || (!isRefund && spec.Where?.Holds(in e, batch, record) == false))
        {
            return;
        }

        var timeMs = Math.Clamp(orderedAtMs, TimeMinMs, TimeMaxMs);
        if (spec.Period is { HasPanes: false } dates && !dates.Holds(Calendar!.Of(record).DayOf(timeMs), 0))
        {
            return;
        }

        var (pane, expiredUpTo) = PaneOf(record, timeMs);
        var accumulator = HasPanes ? PaneList.Accumulator(record, id, Words, pane, expiredUpTo) : Slot(record);
        if (!accumulator.IsEmpty)
        {
            accumulator[0] = AggregateTypes.AddSaturating(accumulator[0], differenceMinor);
        }
    }

    private bool TryReadValue(in StorefrontEvent e, EventBatch batch, out long value)
    {
        if (spec.Field.Kind == FieldKind.None)
        {
            value = 0;
            return true;
        }

        return Kind is AggregateKind.Distinct or AggregateKind.DistinctMany ? spec.Field.TryReadKey(in e, batch, out value)
            : spec.Type == AggregateType.Boolean ? spec.Field.TryReadBoolean(in e, batch, out value)
            : spec.Field.TryReadNumber(in e, batch, currency, out value);
    }

    private void Accumulate(Span<long> accumulator, long value, long timeMs)
    {
        ref var first = ref accumulator[0];
        switch (Kind)
        {
            case AggregateKind.Count:
                first++;
                break;
            case AggregateKind.Sum:
                first = AggregateTypes.AddSaturating(first, value);
                break;
            case AggregateKind.FirstTime:
                first = first == 0 ? timeMs : Math.Min(first, timeMs);
                break;
            case AggregateKind.LastTime:
                first = Math.Max(first, timeMs);
                break;
            case AggregateKind.First or AggregateKind.Last:
                if (KeptText.Replaces(timeMs, accumulator[1], Kind == AggregateKind.First))
                {
                    (first, accumulator[1]) = (value, timeMs);
                }

                break;
            default:
                Merge(ref first, ref accumulator[1], value, 1);
                break;
        }
    }

    /// <summary>Combines an accumulator with that of other events.</summary>
    public void Merge(ref long value, ref long count, long otherValue, long otherCount)
    {
        value = Kind switch
        {
            AggregateKind.Distinct or AggregateKind.DistinctMany => value + 1,
            AggregateKind.Min when count > 0 => Math.Min(value, otherValue),
            AggregateKind.Max when count > 0 => Math.Max(value, otherValue),
            AggregateKind.Min or AggregateKind.Max => otherValue,
            _ => AggregateTypes.AddSaturating(value, otherValue),
        };
        count += otherCount;
    }
}
