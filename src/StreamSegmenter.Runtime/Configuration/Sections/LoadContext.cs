using StreamSegmenter.Definitions;
using StreamSegmenter.Events;
using StreamSegmenter.Runtime.Configuration.Nodes;

namespace StreamSegmenter.Runtime.Configuration.Sections;

/// <summary>What a configuration is loaded for: decides which of its inputs must be there.</summary>
internal enum ConfigurationUse : byte
{
    /// <summary>Only checked.</summary>
    Check,

    /// <summary>Every input needs a file that exists.</summary>
    Replay,

    /// <summary>Every input needs a topic, and Kafka must be named.</summary>
    Run,
}

/// <summary>What every section needs while it is read.</summary>
/// <param name="Folder">The configuration's folder: paths in the file are relative to it.</param>
/// <param name="OwnEventTypes">Event types of the user's own that the inputs' mappings name.</param>
internal sealed record LoadContext(Problems Problems, string Folder, ConfigurationUse Use, IReadOnlySet<string> OwnEventTypes)
{
    /// <summary>The shop's time zone.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>The path from the current directory; one that was given on the command line is relative to that already.</summary>
    public string Resolve(PlacedText path) => path.Place.IsOption ? path.Text : Path.Combine(Folder, path.Text);

    /// <summary>The type of that name. Any name may be a type of the user's own, but one that nearly is a well-known name
    /// is taken for a typing error.</summary>
    public EventType EventTypeOf(PlacedText name)
    {
        if (!OwnEventTypes.Contains(name.Text) && NearlyWellKnown(name.Text) is { } near)
        {
            Problems.Add(name.Place, $"unknown event type '{name.Text}'. Did you mean '{near}'? If it is a type of your own, "
                + $"declare it in an input's mapping: eventTypes: {{ {name.Text}: {name.Text} }}");
            return EventTypes.Other;
        }

        return EventTypes.Intern(name.Text);
    }

    /// <summary>The well-known name that was most likely meant; null for a well-known name, an alias, or one of another sort.
    /// Types that only traffic has shown do not count: what is accepted must not depend on what was seen before.</summary>
    public static string? NearlyWellKnown(string name) =>
        EventTypes.TryFind(name, out var known) && EventTypes.WellKnown.Contains(EventTypes.NameOf(known))
            ? null
            : NearestName.Of(name, EventTypes.WellKnown);

    /// <summary>Complains about each name that stood before, with the place of the first.</summary>
    public void RefuseRepeated(string what, IEnumerable<PlacedText> names)
    {
        var seen = new Dictionary<string, SourceLocation>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (!seen.TryAdd(name.Text, name.Place))
            {
                Problems.Add(name.Place, $"{what} '{name.Text}' is there twice: first {seen[name.Text].SeenFrom(name.Place)}");
            }
        }
    }
}
