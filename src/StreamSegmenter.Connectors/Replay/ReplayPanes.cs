using System.Text;
using StreamSegmenter.Conversions;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Folding;

namespace StreamSegmenter.Connectors.Replay;

/// <summary>Puts the shards' parts of conversion panes together at the end of a replay: what against Kafka goes through the exchange.</summary>
internal static class ReplayPanes
{
    /// <param name="endMs">How far all shards have come.</param>
    /// <returns>By window, start, dimension, value.</returns>
    public static List<ConversionPane> Merge(IReadOnlyList<ReplaySink> sinks, StorefrontDefinitions definitions, long endMs)
    {
        var times = new PaneTimes(definitions.Conversions, definitions.GraceMs);
        return [.. sinks.SelectMany(sink => sink.Panes).GroupBy(part => part.Key.Name, part => part.Value)
            .Select(parts => Describe(parts.Key, parts, definitions, times, endMs))
            .OrderBy(pane => pane.WindowMs).ThenBy(pane => pane.StartMs).ThenBy(pane => pane.Dimension == "all" ? 0 : 1)
            .ThenBy(pane => pane.Dimension, StringComparer.Ordinal).ThenBy(pane => pane.Value, StringComparer.Ordinal)];
    }

    private static ConversionPane Describe(
        string latinName, IEnumerable<PaneCounts> parts, StorefrontDefinitions definitions, PaneTimes times, long endMs)
    {
        var name = Encoding.Latin1.GetBytes(latinName);
        var sum = default(PaneCounts);
        foreach (var part in parts)
        {
            sum.Combine(in part);
        }

        return PaneName.Describe(
            name, in sum, definitions.Conversions, times, definitions.Currency, times.FinalAtMs(name) <= endMs, times.CohortFinalAtMs(name) <= endMs);
    }
}
