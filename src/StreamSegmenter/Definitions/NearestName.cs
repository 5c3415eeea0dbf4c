namespace StreamSegmenter.Definitions;

/// <summary>Finds the name that a person probably meant: one that differs in case, <c>-</c> and <c>_</c> alone, else the candidate at the
/// smallest edit distance (insert, delete, replace, swap of neighbours), at most 2 and at most a third of the name's length,
/// so that short names match only near ones.</summary>
internal static class NearestName
{
    private const int LengthMax = 64;

    /// <summary>The nearest candidate, the first of equally near ones; null when none is near.</summary>
    public static string? Of(string name, IEnumerable<string> candidates)
    {
        name = Plain(name);
        string? nearest = null;
        var best = Math.Min(2, name.Length / 3) + 1;
        foreach (var candidate in candidates)
        {
            var plain = Plain(candidate);
            if (Math.Abs(plain.Length - name.Length) < best && Distance(name, plain) is var distance && distance < best)
            {
                best = distance;
                nearest = candidate;
            }
        }

        return nearest;
    }

    /// <summary>The candidates nearest to the name, the nearest first.</summary>
    public static IReadOnlyList<string> Several(string name, IEnumerable<string> candidates, int countMax)
    {
        name = Plain(name);
        return [.. candidates.OrderBy(candidate => Distance(name, Plain(candidate))).ThenBy(candidate => candidate, StringComparer.Ordinal).Take(countMax)];
    }

    /// <summary>The end of a message behind its full stop: <c> Did you mean 'order_completed'?</c>, or nothing.</summary>
    public static string Hint(string name, IEnumerable<string> candidates) =>
        Of(name, candidates) is { } nearest ? $" Did you mean '{nearest}'?" : "";

    /// <summary>The end of a message without a full stop: <c>. Did you mean 'x'?</c>, or all that there is when nothing is near.</summary>
    public static string HintOrList(string name, IReadOnlyCollection<string> candidates) =>
        Hint(name, candidates) is { Length: > 0 } hint ? $".{hint}"
        : candidates.Count == 0 ? ""
        : $". There are: {string.Join(", ", candidates)}";

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
                var replace = previous[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
                current[j] = Math.Min(replace, Math.Min(previous[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
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

    private static string Plain(string name) => name.Replace("-", "").Replace("_", "").ToLowerInvariant();
}
