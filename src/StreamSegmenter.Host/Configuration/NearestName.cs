namespace StreamSegmenter.Host.Configuration;

/// <summary>Finds what a person who mistyped a key, an option or a word probably meant. Like
/// <see cref="Segments.NearestName"/>, but <c>max_out_of_orderness</c> and <c>maxOutOfOrderness</c> are the same.</summary>
internal static class NearestName
{
    /// <summary>The nearest candidate; null when none is near.</summary>
    public static string? Of(string name, IEnumerable<string> candidates)
    {
        var bySpelling = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var candidate in candidates)
        {
            bySpelling.TryAdd(Plain(candidate), candidate);
        }

        return bySpelling.TryGetValue(Plain(name), out var same) ? same
            : Segments.NearestName.Of(Plain(name), bySpelling.Keys) is { } near ? bySpelling[near]
            : null;
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

    private static string Plain(string name) => name.Replace("-", "").Replace("_", "").ToLowerInvariant();
}
