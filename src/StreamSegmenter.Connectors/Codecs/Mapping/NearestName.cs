namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>Finds the name that somebody probably meant: the one with the fewest edits, if it takes at most a third of
/// the name's length.</summary>
internal static class NearestName
{
    public static string? Of(string found, IEnumerable<string> names)
    {
        string? nearest = null;
        var fewest = Math.Max(2, found.Length / 3) + 1;
        foreach (var name in names)
        {
            var edits = Edits(found, name);
            if (edits < fewest)
            {
                fewest = edits;
                nearest = name;
            }
        }

        return nearest;
    }

    // Levenshtein's distance with one row of the table; names are short, and this runs for error messages only.
    private static int Edits(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
