using System.Runtime.InteropServices;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;
using StreamSegmenter.Windows;

namespace StreamSegmenter.Aggregates;

internal enum AggregateKind : byte
{
    Count,
    Sum,
    Average,
    Min,
    Max,

    /// <summary>How many different values.</summary>
    Distinct,

    /// <summary>The value of the earliest event that has one.</summary>
    First,

    /// <summary>The value of the latest event that has one.</summary>
    Last,

    /// <summary>Event time of the earliest event: what <c>since_first</c> reads.</summary>
    FirstTime,

    /// <summary>Event time of the latest event: what <c>since_last</c> and <c>did</c> read.</summary>
    LastTime,
}

/// <summary>What an aggregate is made of; equal specifications are one aggregate, shared by all segments that read it.</summary>
/// <param name="EventType">Null: every type.</param>
/// <param name="Window">Null: since the first event.</param>
/// <param name="Canonical">The aggregate in the language, with canonical names and its pane.</param>
internal sealed record AggregateSpec(
    AggregateKind Kind, EventType? EventType, EventField Field, EventPredicate? Where, SlidingWindow? Window,
    AggregateType Type, string Canonical);

/// <summary>One incremental aggregate of a customer's events: where it lives in the record and how an event is folded in.
/// A lifetime aggregate is a slot of the aggregate area, a windowed one a list of panes; different values are a list in either
/// case, and a text is a section.
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

    /// <summary>Aggregates of equal meaning have equal states: an amount is counted in a currency, so that belongs to it.</summary>
    public string Meaning { get; } = spec.Type == AggregateType.Money ? $"{spec.Canonical} {currency}" : spec.Canonical;

    public AggregateKind Kind { get; } = spec.Kind;

    public bool IsWindowed { get; } = spec.Window is not null;

    public bool IsText { get; } = spec.Type == AggregateType.Text;

    /// <summary>Whether the state is a list of panes.</summary>
    public bool HasPanes { get; } = spec.Window is not null || spec.Kind == AggregateKind.Distinct;

    /// <summary>For an aggregate that is not windowed: one that nothing ever leaves.</summary>
    public SlidingWindow Window { get; } = spec.Window ?? default;

    /// <summary>Numbers of 64 bits in one accumulator.</summary>
    public int Words { get; } = spec.Kind switch
    {
        AggregateKind.Average or AggregateKind.Min or AggregateKind.Max or AggregateKind.First or AggregateKind.Last => 2,
        _ => 1,
    };

    /// <summary>Bytes in the aggregate area.</summary>
    public int SlotBytes => HasPanes || IsText ? 0 : Words * sizeof(long);

    /// <summary>The accumulator of an aggregate that has a slot.</summary>
    public Span<long> Slot(CustomerRecord record) =>
        MemoryMarshal.Cast<byte, long>(record.Aggregates.Slice(offset, Words * sizeof(long)));

    /// <summary>Folds one event of the aggregate's type in; true when it counted.</summary>
    public bool Fold(CustomerRecord record, in StorefrontEvent e, EventBatch batch)
    {
        if (spec.Where is not null && !spec.Where.Holds(in e, batch))
        {
            return false;
        }

        var timeMs = Math.Clamp(e.EventTimeMs, TimeMinMs, TimeMaxMs);
        if (IsText)
        {
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

        var nowMs = Math.Max(record.Header.ClockMs, timeMs);
        if (Kind == AggregateKind.Distinct)
        {
            return DistinctValues.Fold(record, id, spec.Window, value, timeMs, nowMs);
        }

        var accumulator = PaneList.Accumulator(record, id, Words, Window, timeMs, nowMs);
        if (accumulator.IsEmpty)
        {
            return false;
        }

        Accumulate(accumulator, value, timeMs);
        return true;
    }

    /// <summary>Adds to what an order was worth, if this sums or averages totals.</summary>
    public void CorrectTotal(CustomerRecord record, in StorefrontEvent e, EventBatch batch, long orderedAtMs, long differenceMinor)
    {
        if (Kind is not (AggregateKind.Sum or AggregateKind.Average) || spec.Field.Kind != FieldKind.Total
            || spec.Where?.Holds(in e, batch) == false)
        {
            return;
        }

        var timeMs = Math.Clamp(orderedAtMs, TimeMinMs, TimeMaxMs);
        var accumulator = HasPanes
            ? PaneList.Accumulator(record, id, Words, Window, timeMs, Math.Max(record.Header.ClockMs, timeMs))
            : Slot(record);
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

        return Kind == AggregateKind.Distinct ? spec.Field.TryReadKey(in e, batch, out value)
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
            AggregateKind.Distinct => value + 1,
            AggregateKind.Min when count > 0 => Math.Min(value, otherValue),
            AggregateKind.Max when count > 0 => Math.Max(value, otherValue),
            AggregateKind.Min or AggregateKind.Max => otherValue,
            _ => AggregateTypes.AddSaturating(value, otherValue),
        };
        count += otherCount;
    }
}
