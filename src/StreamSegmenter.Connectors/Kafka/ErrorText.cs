using System.Text.RegularExpressions;
using Confluent.Kafka;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>What the client library reports, for an operator: without how long a connection was in which state, and with a code only where
/// the brokers have one, by which it can be looked up.</summary>
internal static partial class ErrorText
{
    public static string Of(Error error) => error.IsBrokerError ? $"{error.Code}: {Of(error.Reason)}" : Of(error.Reason);

    public static string Of(string reason)
    {
        var text = State().Replace(reason, match => match.Groups["state"].Value is not "CONNECT" and var state ? $" (in state {state})" : "").Replace("Fatal error: ", "", StringComparison.Ordinal);
        var refused = Connect().Match(text);
        return (refused.Success ? $"{refused.Groups["address"].Value}: {refused.Groups["why"].Value}" : text).TrimEnd('.', ' ');
    }

    [GeneratedRegex(@" \(after \d+ms in state (?<state>\w+)(, \d+ identical error\(s\) suppressed)?\)")]
    private static partial Regex State();

    [GeneratedRegex(@"^\S+: Connect to \w+#(?<address>\S+) failed: (?<why>.+)$")]
    private static partial Regex Connect();
}
