using StreamSegmenter.Customers;

namespace StreamSegmenter.Aggregates;

/// <summary>Answers conditions on traits at an instant, together with the next instant at which time alone changes the
/// answer. A windowed trait is a step function of time: it steps when its oldest pane expires. One pass from the newest
/// pane to the oldest sees every step that is still to come, because the value after k expiries is that of the other panes.</summary>
internal static class TraitReader
{
    /// <summary>Compares a trait's value with a constant of its type.</summary>
    public static Verdict Compare(Trait trait, CustomerRecord record, Comparison comparison, long constant, long nowMs)
    {
        long value = 0;
        long count = 0;
        if (!trait.HasPanes)
        {
            ReadSlot(trait, record, out value, out count);
            return Verdict.Constant(Test(trait, value, count, comparison, constant));
        }

        var stride = trait.Words + 1;
        var entries = PaneList.Entries(record, trait.Id);
        entries = entries[(PaneList.ExpiredCount(entries, stride, trait.Window, nowMs) * stride)..];
        var nextTrueMs = long.MaxValue;
        var nextFalseMs = long.MaxValue;
        var settled = SettledAnswer(trait.Kind, comparison);
        for (var at = entries.Length; ; at -= stride)
        {
            var holds = Test(trait, value, count, comparison, constant);
            if (at == 0 || holds == settled)
            {
                return new Verdict(holds, holds ? nextFalseMs : nextTrueMs);
            }

            var entry = entries.Slice(at - stride, stride);
            (holds ? ref nextTrueMs : ref nextFalseMs) = trait.Window.ExpiryOf(entry[0]);
            trait.Merge(ref value, ref count, entry[1], stride > 2 ? entry[2] : 1);
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
    public static Verdict CompareKept(
        Trait trait, CustomerRecord record, Comparison comparison, long constant, long windowMs, long nowMs)
    {
        var slot = trait.Slot(record);
        return Kept(comparison.Holds(slot[0].CompareTo(constant)), slot[1], windowMs, nowMs);
    }

    /// <summary>Tests the latest text, or the earliest, in the same way.</summary>
    public static Verdict TestKept(Trait trait, CustomerRecord record, TextTest test, long windowMs, long nowMs)
    {
        var text = KeptText.Read(record, trait.Id, out var timeMs);
        return Kept(test.Holds(text), timeMs, windowMs, nowMs);
    }

    /// <summary>Reads the value at an instant; false when there is none. The value stays until
    /// <paramref name="nextMs"/>.</summary>
    public static bool TryRead(Reading reading, CustomerRecord record, long nowMs, out long value, out long nextMs)
    {
        var trait = reading.Trait;
        nextMs = long.MaxValue;
        value = 0;
        long count = 0;
        if (trait.Kind is AggregateKind.First or AggregateKind.Last)
        {
            ReadSlot(trait, record, out value, out var timeMs);
            var kept = Kept(true, timeMs, reading.WindowMs, nowMs);
            nextMs = kept.NextMs;
            return kept.Holds;
        }

        if (!trait.HasPanes)
        {
            ReadSlot(trait, record, out value, out count);
        }
        else
        {
            var stride = trait.Words + 1;
            var entries = PaneList.Entries(record, trait.Id);
            for (var at = entries.Length - stride; at >= 0 && trait.Window.Holds(entries[at], nowMs); at -= stride)
            {
                trait.Merge(ref value, ref count, entries[at + 1], stride > 2 ? entries[at + 2] : 1);
                nextMs = trait.Window.ExpiryOf(entries[at]);
            }
        }

        if (trait.Kind == AggregateKind.Average && count > 0)
        {
            var scale = AverageScale(trait);
            value = (long)Int128.Clamp((Int128)value * scale / count, long.MinValue, long.MaxValue);
        }

        return count > 0 || trait.Words == 1;
    }

    /// <summary>Compares the time that has passed since a first or last event, at least 0, with a constant. There is none
    /// when nothing happened, or not within <paramref name="windowMs"/>; then the answer is false.</summary>
    public static Verdict CompareElapsed(
        Trait trait, CustomerRecord record, Comparison comparison, long constant, long windowMs, long nowMs)
    {
        var timeMs = trait.Slot(record)[0];
        if (timeMs == 0 || nowMs - timeMs >= windowMs)
        {
            return Verdict.Constant(false);
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
            ? Verdict.Constant(false)
            : new Verdict(holds, Math.Min(nextMs, forgottenMs));
    }

    /// <summary>Whether the last event lies within the window; with <see cref="long.MaxValue"/>, whether there was any.</summary>
    public static Verdict Did(Trait trait, CustomerRecord record, long windowMs, long nowMs) =>
        CompareElapsed(trait, record, Comparison.GreaterOrEqual, 0, windowMs, nowMs);

    /// <summary>What an average of the trait's type is multiplied by, so that it is in the type's own unit.</summary>
    public static long AverageScale(Trait trait) =>
        trait.Spec.Type == TraitType.Micro && trait.Spec.Field.Kind == FieldKind.Quantity ? TraitTypes.MicrosPerUnit : 1;

    private static Verdict Kept(bool holds, long timeMs, long windowMs, long nowMs) =>
        !holds || timeMs == 0 || nowMs - timeMs >= windowMs
            ? Verdict.Constant(false)
            : new Verdict(true, windowMs == long.MaxValue ? long.MaxValue : timeMs + windowMs);

    private static void ReadSlot(Trait trait, CustomerRecord record, out long value, out long count)
    {
        var slot = trait.Slot(record);
        value = slot[0];
        count = slot.Length > 1 ? slot[1] : 0;
    }

    private static bool Test(Trait trait, long value, long count, Comparison comparison, long constant)
    {
        if (trait.Words == 1)
        {
            return comparison.Holds(value.CompareTo(constant));
        }

        if (count == 0)
        {
            return false;
        }

        // An average is compared as sum against constant · count, which is exact where a division is not.
        return trait.Kind == AggregateKind.Average
            ? comparison.Holds(((Int128)value * AverageScale(trait)).CompareTo((Int128)constant * count))
            : comparison.Holds(value.CompareTo(constant));
    }

    private static long After(long nowMs, long instantMs) => instantMs > nowMs ? instantMs : long.MaxValue;
}
