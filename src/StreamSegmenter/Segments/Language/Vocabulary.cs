namespace StreamSegmenter.Segments.Language;

/// <summary>The words of the language, so that an error can tell a mistyped one from one that is not available yet.</summary>
internal static class Vocabulary
{
    public const string InSegment = "in_segment";

    public const string Exists = "exists";

    public const string Sequence = "sequence";

    public const string Anniversary = "anniversary";

    /// <summary>What stands before the name of an attribute: <c>profile.country</c>.</summary>
    public const string Profile = "profile";

    /// <summary>The event name that stands for every type.</summary>
    public const string AnyEvent = "any";

    /// <summary>Functions over the events of one type.</summary>
    public static readonly IReadOnlyList<string> Aggregates =
        ["count", "sum", "avg", "min", "max", "distinct", "first", "last", "did", "first_time", "since_last", "since_first"];

    /// <summary>How regularly something happens; they may be written without parentheses.</summary>
    public static readonly IReadOnlyList<string> Rhythms = ["active_in", "every", "streak"];

    /// <summary>What stands in the place of a window.</summary>
    public static readonly IReadOnlyList<string> Periods = ["today", "yesterday", "this_week", "this_month"];

    /// <summary>Part of the language, not of this version.</summary>
    public static readonly IReadOnlyList<string> NotYetAvailable = ["score"];

    public static readonly IReadOnlyList<string> Functions =
        [.. Aggregates, .. Rhythms, InSegment, Exists, Sequence, Anniversary, .. NotYetAvailable];

    public static string NotYet(string word) => $"'{word}' belongs to the language but is not available in this version yet";
}
