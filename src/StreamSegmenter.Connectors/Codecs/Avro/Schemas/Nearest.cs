namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

/// <summary>The candidate with the smallest edit distance, when it is near enough to be a slip of the fingers.</summary>
internal static class Nearest
{
    private const int TextLengthMax = 64;

    /// <summary>" Did you mean 'x'?", or an empty string.</summary>
    public static string DidYouMean(string text, IEnumerable<string> candidates)
    {
        string? best = null;
        int bestDistance = 1 + (Math.Min(text.Length, TextLengthMax) / 3);
        foreach (string candidate in candidates)
        {
            int distance = Distance(text, candidate);
            if (distance <= bestDistance && (best is null || distance < bestDistance))
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best is null ? "" : $" Did you mean '{best}'?";
    }

    private static int Distance(string a, string b)
    {
        if (a.Length > TextLengthMax || b.Length > TextLengthMax)
        {
            return int.MaxValue;
        }

        Span<int> row = stackalloc int[TextLengthMax + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substituted = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[b.Length];
    }
}
