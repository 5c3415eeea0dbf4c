using System.Text;
using StreamSegmenter.Runtime.Configuration.Nodes;

namespace StreamSegmenter.Runtime.Configuration.Shapes;

/// <summary>Systems whose events are read as they are: for each, the keys of an input, as a file of configuration inside the
/// program. An input that names a preset has all its keys, and its own win.</summary>
internal static class Presets
{
    private const string FileMark = "preset ";
    private const string Folder = "Presets/";

    /// <summary>In alphabetical order.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(Presets).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name => Path.GetFileNameWithoutExtension(name)).Order(StringComparer.Ordinal),
    ];

    /// <summary>Whether a value comes from a preset and not from the user's file.</summary>
    public static bool IsOf(SourceLocation place) => place.File.StartsWith(FileMark, StringComparison.Ordinal);

    /// <summary>The file of a preset; null for a name that is none.</summary>
    public static string? TextOf(string name)
    {
        using var stream = typeof(Presets).Assembly.GetManifestResourceStream($"{Folder}{name}.yaml");
        return stream is null ? null : new StreamReader(stream, Encoding.UTF8).ReadToEnd();
    }

    /// <summary>Puts the keys of presets into the inputs that name one.</summary>
    public static void Apply(MapNode root, SecretReferences secrets, Problems problems)
    {
        foreach (var input in (root.Find("inputs") as ListNode)?.Items.OfType<MapNode>() ?? [])
        {
            if (input.Find("preset") is ScalarNode { IsNull: false, IsFaulty: false } name && TextOf(name.Text) is { } text
                && YamlNodeReader.Read(FileMark + name.Text, text, secrets, problems) is MapNode preset)
            {
                Merge(input, preset);
            }
        }
    }

    private static void Merge(MapNode own, MapNode preset)
    {
        foreach (var entry in preset.Entries)
        {
            switch (own.Find(entry.Key))
            {
                case null:
                    own.Entries.Add(entry);
                    break;
                case MapNode section when entry.Value is MapNode more:
                    Merge(section, more);
                    break;
            }
        }
    }
}
