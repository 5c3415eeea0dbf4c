namespace StreamSegmenter.Host.Configuration;

/// <summary>Finds what a person who mistyped probably meant.</summary>
internal static class NearestName
{
    private const int NameLengthMax = 64;

    /// <summary>The candidate with the smallest edit distance, upper and lower case, <c>-</c> and <c>_</c> not told apart;
    /// null when none is near: more than a third of the name would have to change.</summary>
    public static string? Of(string name, IEnumerable<string> candidates) => Of(name, candidates, (name.Length / 3) + 1);

    /// <summary>The same with a bound of its own on how many letters may differ.</summary>
    public static string? Of(string name, IEnumerable<string> candidates, int distanceMax)
    {
        if (name.Length > NameLengthMax)
        {
            return null;
        }

        string? nearest = null;
        var least = distanceMax;
        foreach (var candidate in candidates)
        {
            var distance = candidate.Length > NameLengthMax ? int.MaxValue : Distance(Folded(name), Folded(candidate));
            if (distance < least || (distance == least && nearest is null))
            {
                least = distance;
                nearest = candidate;
            }
        }

        return nearest;
    }

    /// <summary>The end of a message: <c>. Did you mean 'x'?</c>, or all that there is when nothing is near.</summary>
    public static string Hint(string name, IReadOnlyCollection<string> candidates)
    {
        if (Of(name, candidates) is { } nearest)
        {
            return $". Did you mean '{nearest}'?";
        }

        return candidates.Count == 0 ? "" : $". There are: {string.Join(", ", candidates)}";
    }

    private static string Folded(string name) => name.Replace("-", "").Replace("_", "").ToLowerInvariant();

    /// <summary>Optimal string alignment: insertions, deletions, replacements and swaps of neighbours cost 1 each.</summary>
    private static int Distance(string a, string b)
    {
        Span<int> beforeLast = stackalloc int[NameLengthMax + 1];
        Span<int> last = stackalloc int[NameLengthMax + 1];
        Span<int> current = stackalloc int[NameLengthMax + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            last[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(last[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
                }
            }

            last[..(b.Length + 1)].CopyTo(beforeLast);
            current[..(b.Length + 1)].CopyTo(last);
        }

        return last[b.Length];
    }
}
