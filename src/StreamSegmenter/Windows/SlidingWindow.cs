namespace StreamSegmenter.Windows;

/// <summary>The half-open window <c>(now − length, now]</c>, cut at pane boundaries. Panes are aligned to 1970-01-01 UTC;
/// pane k covers <c>((k − 1)·p, k·p]</c> and is named by its end, k·p. It belongs to the window as long as
/// <c>k·p + length &gt; now</c>, so an event counts for at least the length and for less than length + pane,
/// and leaves exactly at <c>k·p + length</c>.
/// <code>
/// length 1h, pane 15m, now 12:20:   panes ending 11:30 11:45 12:00 12:15 12:30
/// an event at 11:16 is in pane 11:30 and leaves at 12:30, 14 minutes after its hour is over
/// </code></summary>
internal readonly record struct SlidingWindow(long LengthMs, long PaneMs)
{
    /// <summary>A window holds at most so many panes; a definition that asks for more is refused.</summary>
    public const long PanesMax = 50_000;

    /// <summary>Below this length, and for a length that is no whole number of seconds, the default pane is 1 ms:
    /// exact.</summary>
    public const long ExactBelowMs = 48_000;

    private static readonly long[] PanesMs =
    [
        86_400_000, 43_200_000, 21_600_000, 10_800_000, 3_600_000, 1_800_000, 900_000, 300_000, 60_000, 30_000, 10_000,
        5_000, 1_000,
    ];

    /// <summary>The end of the pane that holds the instant.</summary>
    public long PaneEndOf(long timeMs)
    {
        var beyond = timeMs % PaneMs;
        return beyond == 0 ? timeMs : timeMs - beyond + (beyond > 0 ? PaneMs : 0);
    }

    /// <summary>The first instant at which the pane no longer belongs to the window.</summary>
    public long ExpiryOf(long paneEndMs) => paneEndMs + LengthMs;

    /// <summary>Panes that end at or before this have left the window at that instant.</summary>
    public long ExpiredUpTo(long nowMs) => nowMs - LengthMs;

    /// <summary>Whether the pane belongs to the window at that instant.</summary>
    public bool Holds(long paneEndMs, long nowMs) => paneEndMs > ExpiredUpTo(nowMs);

    /// <summary>The most panes that can belong to the window at one instant.</summary>
    public long PaneCountMax => (LengthMs / PaneMs) + (PaneMs > 1 ? 1 : 0);

    /// <summary>The window with its default pane: the largest of 1s 5s 10s 30s 1m 5m 15m 30m 1h 3h 6h 12h 1d that divides
    /// the length and is at most a 48th of it.</summary>
    public static SlidingWindow WithDefaultPane(long lengthMs)
    {
        if (lengthMs >= ExactBelowMs)
        {
            foreach (var paneMs in PanesMs)
            {
                if (paneMs <= lengthMs / 48 && lengthMs % paneMs == 0)
                {
                    return new SlidingWindow(lengthMs, paneMs);
                }
            }
        }

        return new SlidingWindow(lengthMs, 1);
    }

    /// <summary>Whether a pane of that length can cut the window: it divides it, into at most <see cref="PanesMax"/>.</summary>
    public static bool IsPaneOf(long paneMs, long lengthMs) =>
        paneMs > 0 && lengthMs % paneMs == 0 && lengthMs / paneMs <= PanesMax;

    /// <summary>The valid pane whose ratio to the requested one is closest to 1.</summary>
    public static long NearestPaneMs(long askedMs, long lengthMs)
    {
        var best = lengthMs;
        foreach (var paneMs in PanesMs)
        {
            if (IsPaneOf(paneMs, lengthMs) && Ratio(paneMs, askedMs) < Ratio(best, askedMs))
            {
                best = paneMs;
            }
        }

        return best;
    }

    private static double Ratio(long one, long other) => (double)Math.Max(one, other) / Math.Max(1, Math.Min(one, other));
}
