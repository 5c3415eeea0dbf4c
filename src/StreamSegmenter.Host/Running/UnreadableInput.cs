using System.Globalization;
using System.Text.RegularExpressions;
using StreamSegmenter.Connectors.Replay;
using StreamSegmenter.Events;

namespace StreamSegmenter.Host.Running;

/// <summary>Reports the reasons when most of a replay's records could not be read: the results then are not those of the input.</summary>
internal static partial class UnreadableInput
{
    private const int ReasonsMax = 3;

    /// <summary>Writes the commonest reasons; false when most records were readable.</summary>
    public static bool Report(ReplayResult result, TextWriter error)
    {
        var refused = result.DeadLetters.Where(letter => letter.Kind == DeadLetterKind.Refused).ToArray();
        if (refused.Length * 2L <= result.Records)
        {
            return false;
        }

        var all = refused.Length == result.Records ? "none" : "less than half";
        error.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"error: {all} of {result.Records:N0} records could be read. The commonest reasons:"));
        foreach (var reason in refused.GroupBy(letter => Varying().Replace(letter.Reason, "…")).OrderByDescending(group => group.Count()).Take(ReasonsMax))
        {
            var first = reason.First();
            error.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  {reason.Count():N0} times, first at {first.Source}:{first.Offset}: {first.Reason}"));
        }

        return true;
    }

    // What differs from record to record: quoted values and numbers.
    [GeneratedRegex(@"'[^']*'|\d+")]
    private static partial Regex Varying();
}
