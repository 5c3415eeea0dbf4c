namespace StreamSegmenter.Segments;

/// <summary>Finds the name that a user probably meant: the candidate at the smallest edit distance (insert, delete, replace,
/// swap of neighbours), at most 2 and at most a third of the name's length, so that short names match only near ones.</summary>
public static class NearestName
{
    private const int LengthMax = 64;

    /// <summary>The nearest candidate, the first of equally near ones; null when none is near.</summary>
    public static string? Of(string name, IEnumerable<string> candidates)
    {
        string? nearest = null;
        var best = Math.Min(2, name.Length / 3) + 1;
        foreach (var candidate in candidates)
        {
            if (Math.Abs(candidate.Length - name.Length) < best && Distance(name, candidate) is var distance && distance < best)
            {
                best = distance;
                nearest = candidate;
            }
        }

        return nearest;
    }

    /// <summary>The end of an error message: <c> Did you mean 'order_completed'?</c>, or nothing.</summary>
    public static string Hint(string name, IEnumerable<string> candidates) =>
        Of(name, candidates) is { } nearest ? $" Did you mean '{nearest}'?" : "";

    private static int Distance(string one, string other)
    {
        if (one.Length > LengthMax || other.Length > LengthMax)
        {
            return int.MaxValue;
        }

        Span<int> before = stackalloc int[LengthMax + 1];
        Span<int> previous = stackalloc int[LengthMax + 1];
        Span<int> current = stackalloc int[LengthMax + 1];
        for (var j = 0; j <= other.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= one.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replace = previous[j - 1] + (Same(one[i - 1], other[j - 1]) ? 0 : 1);
                current[j] = Math.Min(replace, Math.Min(previous[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && Same(one[i - 1], other[j - 2]) && Same(one[i - 2], other[j - 1]))
                {
                    current[j] = Math.Min(current[j], before[j - 2] + 1);
                }
            }

            var free = before;
            before = previous;
            previous = current;
            current = free;
        }

        return previous[other.Length];
    }

    private static bool Same(char one, char other) => char.ToLowerInvariant(one) == char.ToLowerInvariant(other);
}
