namespace StreamSegmenter.Segments.Language;

/// <summary>The words of the language, so that an error can tell a mistyped one from one that is not available yet.</summary>
internal static class Vocabulary
{
    public const string InSegment = "in_segment";

    public const string Exists = "exists";

    /// <summary>The one function that is written without parentheses.</summary>
    public const string ActiveIn = "active_in";

    /// <summary>The event name that stands for every type.</summary>
    public const string AnyEvent = "any";

    /// <summary>Functions over the events of one type.</summary>
    public static readonly IReadOnlyList<string> Aggregates =
        ["count", "sum", "avg", "min", "max", "distinct", "first", "last", "did", "since_last", "since_first"];

    /// <summary>Part of the language, not of this version.</summary>
    public static readonly IReadOnlyList<string> NotYetAvailable =
        ["first_time", ActiveIn, "sequence", "matches", "score"];

    public static readonly IReadOnlyList<string> Functions = [.. Aggregates, InSegment, Exists, .. NotYetAvailable];

    public static string NotYet(string word) => $"'{word}' belongs to the language but is not available in this version yet";
}
