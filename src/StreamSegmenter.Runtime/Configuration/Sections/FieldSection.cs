using System.Collections.Immutable;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Runtime.Configuration.Nodes;
using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Runtime.Configuration.Sections;

/// <summary>Reads one field of a mapping: a source, several, or a map around them. Its shape was checked.</summary>
internal static class FieldSection
{
    public static FieldMapping Read(ConfigurationNode node) => node switch
    {
        MapNode map => new FieldMapping(Texts(map.Find("from")) ?? [])
        {
            Lower = Boolean(map, "lower") ?? false,
            Trim = Boolean(map, "trim"),
            Missing = Texts(map.Find("missing")),
            IsPreset = Presets.IsOf(map.Place),
        },
        _ => new FieldMapping(Texts(node) ?? []) { IsPreset = Presets.IsOf(node.Place) },
    };

    /// <summary>A text alone, or those of a list; null where there is neither.</summary>
    public static ImmutableArray<string>? Texts(ConfigurationNode? node) => node switch
    {
        ScalarNode { IsFaulty: false } text => [text.Text],
        ListNode list => [.. list.Items.OfType<ScalarNode>().Where(text => !text.IsFaulty).Select(text => text.Text)],
        _ => null,
    };

    private static bool? Boolean(MapNode map, string key) =>
        map.Find(key) is ScalarNode { IsNull: false } scalar ? BooleanShape.IsTrue(scalar.Text) : null;
}
