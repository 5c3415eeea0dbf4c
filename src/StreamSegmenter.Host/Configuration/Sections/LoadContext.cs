using StreamSegmenter.Events;
using StreamSegmenter.Host.Configuration.Nodes;

namespace StreamSegmenter.Host.Configuration.Sections;

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
/// <param name="OwnEventTypes">Event types that the configuration declares by mapping a name to itself.</param>
internal sealed record LoadContext(Problems Problems, string Folder, ConfigurationUse Use, IReadOnlySet<string> OwnEventTypes)
{
    private const int TypoDistanceMax = 2;

    /// <summary>The path from the current directory; one that was given on the command line is relative to that already.</summary>
    public string Resolve(PlacedText path) => path.Place.IsOption ? path.Text : Path.Combine(Folder, path.Text);

    /// <summary>The type of that name. Any name may be a type of the user's own, but one that nearly is a well-known name
    /// is taken for a typing error.</summary>
    public EventType EventTypeOf(PlacedText name)
    {
        var canonical = EventTypes.TryFind(name.Text, out var known) ? EventTypes.NameOf(known) : name.Text;
        if (!EventTypes.WellKnown.Contains(canonical) && !OwnEventTypes.Contains(name.Text)
            && NearestName.Of(name.Text, EventTypes.WellKnown, TypoDistanceMax) is { } near)
        {
            Problems.Add(name.Place, $"unknown event type '{name.Text}'. Did you mean '{near}'? If it is a type of your own, "
                + $"say so in an input's mapping: eventTypes: {{ {name.Text}: {name.Text} }}");
            return EventTypes.Other;
        }

        return EventTypes.Intern(name.Text);
    }

    /// <summary>Complains about each name that stood before, with the place of the first.</summary>
    public void RefuseRepeated(string what, IEnumerable<PlacedText> names)
    {
        var seen = new Dictionary<string, Place>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (!seen.TryAdd(name.Text, name.Place))
            {
                Problems.Add(name.Place, $"{what} '{name.Text}' is there twice: first at {seen[name.Text]}");
            }
        }
    }
}
