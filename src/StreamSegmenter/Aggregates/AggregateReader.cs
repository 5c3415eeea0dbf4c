using StreamSegmenter.Customers;

namespace StreamSegmenter.Aggregates;

/// <summary>Answers conditions on aggregates at an instant, together with the next instant at which time alone changes the
/// answer. A windowed aggregate is a step function of time: it steps when its oldest pane expires. One pass from the newest
/// pane to the oldest sees every step that is still to come, because the value after k expiries is that of the other panes.</summary>
internal static class AggregateReader
{
    /// <summary>Compares an aggregate's value with a constant of its type.</summary>
    public static ConditionResult Compare(Aggregate aggregate, CustomerRecord record, Comparison comparison, long constant, long nowMs)
    {
        long value = 0;
        long count = 0;
        if (!aggregate.HasPanes)
        {
            ReadSlot(aggregate, record, out value, out count);
            return ConditionResult.Constant(Test(aggregate, value, count, comparison, constant));
        }

        if (aggregate.Period is not null || aggregate.Kind == AggregateKind.DistinctMany)
        {
            ReadPanes(aggregate, record, nowMs, out value, out count, out var nextMs);
            return new ConditionResult(Test(aggregate, value, count, comparison, constant), nextMs);
        }

        var stride = aggregate.Words + 1;
        var entries = PaneList.Entries(record, aggregate.Id);
        entries = entries[(PaneList.ExpiredCount(entries, stride, ExpiredUpTo(aggregate, nowMs)) * stride)..];
        var nextTrueMs = long.MaxValue;
        var nextFalseMs = long.MaxValue;
        var settled = SettledAnswer(aggregate.Kind, comparison);
        for (var at = entries.Length; ; at -= stride)
        {
            var holds = Test(aggregate, value, count, comparison, constant);
            if (at == 0 || holds == settled)
            {
                return new ConditionResult(holds, holds ? nextFalseMs : nextTrueMs);
            }

            var entry = entries.Slice(at - stride, stride);
            (holds ? ref nextTrueMs : ref nextFalseMs) = aggregate.Window.ExpiryOf(entry[0]);
            aggregate.Merge(ref value, ref count, entry[1], stride > 2 ? entry[2] : 1);
        }
    }

    // A count only grows from pane to older pane, so "at least 3" is decided as soon as the newest panes hold 3.
    private static bool? SettledAnswer(AggregateKind kind, Comparison comparison)
    {
        var atLeast = comparison is Comparison.Greater or Comparison.GreaterOrEqual;
        var atMost = comparison is Comparison.Less or Comparison.LessOrEqual;
        return kind switch
        {
            AggregateKind.Count or AggregateKind.Distinct => atLeast ? true : atMost ? false : null,
            AggregateKind.Max when atLeast => true,
            AggregateKind.Min when atMost => true,
            _ => null,
        };
    }

    /// <summary>Compares the latest value, or the earliest, with a constant; false when there is none, or none within
    /// <paramref name="windowMs"/>.</summary>
    public static ConditionResult CompareKept(
        Aggregate aggregate, CustomerRecord record, Comparison comparison, long constant, long windowMs, long nowMs)
    {
        var slot = aggregate.Slot(record);
        return Kept(comparison.Holds(slot[0].CompareTo(constant)), slot[1], windowMs, nowMs);
    }

    /// <summary>Tests the latest text, or the earliest, in the same way.</summary>
    public static ConditionResult TestKept(Aggregate aggregate, CustomerRecord record, TextTest test, long windowMs, long nowMs)
    {
        var text = KeptText.Read(record, aggregate.Id, out var timeMs);
        return Kept(test.Holds(text), timeMs, windowMs, nowMs);
    }

    /// <summary>Reads the value at an instant; false when there is none. The value stays until
    /// <paramref name="nextMs"/>.</summary>
    public static bool TryRead(AggregateRead read, CustomerRecord record, long nowMs, out long value, out long nextMs)
    {
        var isThere = TryRead(read, record, nowMs, out value, out var count, out nextMs);
        if (read.Aggregate.Kind == AggregateKind.Average && count > 0)
        {
            var scale = AverageScale(read.Aggregate);
            value = (long)Int128.Clamp((Int128)value * scale / count, long.MinValue, long.MaxValue);
        }

        return isThere;
    }

    /// <summary>The same with an average in its parts: the sum and the number of values.</summary>
    public static bool TryRead(AggregateRead read, CustomerRecord record, long nowMs, out long value, out long count, out long nextMs)
    {
        var aggregate = read.Aggregate;
        nextMs = long.MaxValue;
        value = 0;
        count = 0;
        if (aggregate.Kind is AggregateKind.First or AggregateKind.Last)
        {
            ReadSlot(aggregate, record, out value, out var timeMs);
            var kept = Kept(true, timeMs, read.WindowMs, nowMs);
            nextMs = kept.NextMs;
            return kept.Holds;
        }

        if (aggregate.HasPanes)
        {
            ReadPanes(aggregate, record, nowMs, out value, out count, out nextMs);
        }
        else
        {
            ReadSlot(aggregate, record, out value, out count);
        }

        return count > 0 || aggregate.Words == 1;
    }

    private static void ReadPanes(Aggregate aggregate, CustomerRecord record, long nowMs, out long value, out long count, out long nextMs)
    {
        (value, count, nextMs) = (0, 0, long.MaxValue);
        if (aggregate.Period is not null)
        {
            PeriodReader.Read(aggregate, record, nowMs, out value, out count, out _, out nextMs);
            return;
        }

        if (aggregate.Kind == AggregateKind.DistinctMany && DistinctSketch.TryRead(record, aggregate.Id, aggregate.Window, nowMs, out value, out nextMs))
        {
            return;
        }

        var stride = aggregate.Words + 1;
        var entries = PaneList.Entries(record, aggregate.Id);
        var expiredUpTo = ExpiredUpTo(aggregate, nowMs);
        for (var at = entries.Length - stride; at >= 0 && entries[at] > expiredUpTo; at -= stride)
        {
            aggregate.Merge(ref value, ref count, entries[at + 1], stride > 2 ? entries[at + 2] : 1);
            nextMs = aggregate.IsWindowed ? aggregate.Window.ExpiryOf(entries[at]) : long.MaxValue;
        }
    }

    private static long ExpiredUpTo(Aggregate aggregate, long nowMs) =>
        aggregate.IsWindowed ? aggregate.Window.ExpiredUpTo(nowMs) : long.MinValue;

    /// <summary>Compares the time that has passed since a first or last event, at least 0, with a constant. There is none
    /// when nothing happened, or not within <paramref name="windowMs"/>; then the answer is false.</summary>
    public static ConditionResult CompareElapsed(
        Aggregate aggregate, CustomerRecord record, Comparison comparison, long constant, long windowMs, long nowMs)
    {
        var timeMs = aggregate.Slot(record)[0];
        if (timeMs == 0 || nowMs - timeMs >= windowMs)
        {
            return ConditionResult.Constant(false);
        }

        var holds = comparison.Holds((nowMs - timeMs).CompareTo(constant));
        var reachedMs = timeMs + constant;
        var nextMs = comparison switch
        {
            Comparison.Less or Comparison.GreaterOrEqual => After(nowMs, reachedMs),
            Comparison.LessOrEqual or Comparison.Greater => After(nowMs, reachedMs + 1),
            _ => Math.Min(After(nowMs, reachedMs), After(nowMs, reachedMs + 1)),
        };
        var forgottenMs = windowMs == long.MaxValue ? long.MaxValue : timeMs + windowMs;
        return !holds && nextMs >= forgottenMs
            ? ConditionResult.Constant(false)
            : new ConditionResult(holds, Math.Min(nextMs, forgottenMs));
    }

    /// <summary>Whether the last event lies within the window; with <see cref="long.MaxValue"/>, whether there was any.</summary>
    public static ConditionResult Did(Aggregate aggregate, CustomerRecord record, long windowMs, long nowMs) =>
        CompareElapsed(aggregate, record, Comparison.GreaterOrEqual, 0, windowMs, nowMs);

    /// <summary>What an average of the aggregate's type is multiplied by, so that it is in the type's own unit.</summary>
    public static long AverageScale(Aggregate aggregate) =>
        aggregate.Spec.Type == AggregateType.Micro && aggregate.Spec.Field.Kind == FieldKind.Quantity ? AggregateTypes.MicrosPerUnit : 1;

    private static ConditionResult Kept(bool holds, long timeMs, long windowMs, long nowMs) =>
        !holds || timeMs == 0 || nowMs - timeMs >= windowMs
            ? ConditionResult.Constant(false)
            : new ConditionResult(true, windowMs == long.MaxValue ? long.MaxValue : timeMs + windowMs);

    private static void ReadSlot(Aggregate aggregate, CustomerRecord record, out long value, out long count)
    {
        var slot = aggregate.Slot(record);
        value = slot[0];
        count = slot.Length > 1 ? slot[1] : 0;
    }

    private static bool Test(Aggregate aggregate, long value, long count, Comparison comparison, long constant)
    {
        if (aggregate.Words == 1)
        {
            return comparison.Holds(value.CompareTo(constant));
        }

        if (count == 0)
        {
            return false;
        }

        // An average is compared as sum against constant · count, which is exact where a division is not.
        return aggregate.Kind == AggregateKind.Average
            ? comparison.Holds(((Int128)value * AverageScale(aggregate)).CompareTo((Int128)constant * count))
            : comparison.Holds(value.CompareTo(constant));
    }

    private static long After(long nowMs, long instantMs) => instantMs > nowMs ? instantMs : long.MaxValue;
}
