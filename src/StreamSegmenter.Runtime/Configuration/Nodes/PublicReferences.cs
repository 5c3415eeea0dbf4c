using System.Text.RegularExpressions;

namespace StreamSegmenter.Runtime.Configuration.Nodes;

/// <summary>Finds the references whose values may be shown. A value from <c>${…}</c> is a secret until every key that uses it is one that
/// an operator must see in a log: a name or an address.</summary>
internal static partial class PublicReferences
{
    private static readonly HashSet<string> PublicKeys = new(StringComparer.Ordinal)
    {
        "kafka.brokers", "kafka.group", "kafka.instance", "inputs.topic", "http.listen", "engine.stateDirectory",
        "outputs.topics.cartAbandonment", "outputs.topics.segmentMembership", "outputs.topics.conversionMetrics", "outputs.topics.deadLetters",
        "outputs.topics.suppressedTriggers", "outputs.topics.lateEvents", "outputs.topics.changelog",
    };

    /// <param name="resolved">Every value that was put in, and how it was written.</param>
    /// <returns>Those of them that are secrets.</returns>
    public static Dictionary<string, string> Secrets(MapNode root, IReadOnlyDictionary<string, string> resolved)
    {
        var (shown, hidden) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        Visit(root, "", shown, hidden);
        // What comes from a file is there because it is a secret.
        return resolved
            .Where(pair => !shown.Contains(pair.Value) || hidden.Contains(pair.Value) || pair.Value.StartsWith("${file:", StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
    }

    private static void Visit(ConfigurationNode node, string path, HashSet<string> shown, HashSet<string> hidden)
    {
        switch (node)
        {
            case MapNode map:
                foreach (var entry in map.Entries)
                {
                    Visit(entry.Value, path.Length == 0 ? entry.Key : $"{path}.{entry.Key}", shown, hidden);
                }

                break;
            case ListNode list:
                foreach (var item in list.Items)
                {
                    Visit(item, path, shown, hidden);
                }

                break;
            case ScalarNode scalar:
                (PublicKeys.Contains(path) ? shown : hidden).UnionWith(Reference().Matches(scalar.Written).Select(match => match.Value));
                break;
            default:
                break;
        }
    }

    [GeneratedRegex(@"\$\{[^}]*\}")]
    private static partial Regex Reference();
}
