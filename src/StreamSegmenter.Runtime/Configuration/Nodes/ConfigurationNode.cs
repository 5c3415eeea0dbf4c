namespace StreamSegmenter.Runtime.Configuration.Nodes;

/// <summary>A value of the configuration with its place: a scalar, a list or a map. Unlike YamlDotNet's own nodes it may
/// come from an option, keeps duplicate keys (so that they are reported together with everything else) and remembers
/// how a secret was written.</summary>
internal abstract class ConfigurationNode(SourceLocation place)
{
    public SourceLocation Place { get; } = place;

    /// <summary>What it is, in words for an error message.</summary>
    public abstract string Found { get; }
}

/// <summary>A text, number or truth value; which of them decides the key that it belongs to.</summary>
/// <param name="place">Where the value begins, its quotation mark included.</param>
/// <param name="written">The text as the file has it, references to secrets unresolved: all that a message may show.</param>
/// <param name="text">The text that counts, references replaced; null when one could not be, which is reported already.</param>
/// <param name="plain">Written without quotation marks and not as a block: only then can it be empty, null or a number.</param>
/// <param name="textPlace">The place of the text's first character: behind a quotation mark or a block's indicator.</param>
internal sealed class ScalarNode(SourceLocation place, string written, string? text, bool plain, SourceLocation textPlace)
    : ConfigurationNode(place)
{
    public string Written { get; } = written;

    public string Text { get; } = text ?? "";

    /// <summary>The value is not known, and the reason reported: no further complaint about it.</summary>
    public bool IsFaulty { get; } = text is null;

    public bool Plain { get; } = plain;

    public SourceLocation TextPlace { get; } = textPlace;

    public bool IsNull => Plain && Written is "" or "~" or "null" or "Null" or "NULL";

    public override string Found => IsNull ? "nothing" : $"'{Abbreviated(Written)}'";

    private static string Abbreviated(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 57), "...");
}

internal sealed class ListNode(SourceLocation place) : ConfigurationNode(place)
{
    public List<ConfigurationNode> Items { get; } = [];

    public override string Found => "a list";
}

/// <param name="KeyPlace">The key's place.</param>
internal sealed record MapEntry(string Key, SourceLocation KeyPlace, ConfigurationNode Value);

internal sealed class MapNode(SourceLocation place) : ConfigurationNode(place)
{
    public List<MapEntry> Entries { get; } = [];

    public override string Found => "a map of keys";

    /// <summary>The value of a key, the first if there are two; null without one.</summary>
    public ConfigurationNode? Find(string key)
    {
        foreach (var entry in Entries)
        {
            if (entry.Key == key)
            {
                return entry.Value;
            }
        }

        return null;
    }

    /// <summary>Replaces a key's value, or adds it.</summary>
    public void Set(MapEntry entry)
    {
        var index = Entries.FindIndex(e => e.Key == entry.Key);
        if (index < 0)
        {
            Entries.Add(entry);
        }
        else
        {
            Entries[index] = entry;
        }
    }
}
