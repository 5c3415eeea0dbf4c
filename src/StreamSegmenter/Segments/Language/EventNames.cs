using StreamSegmenter.Definitions;
using StreamSegmenter.Events;

namespace StreamSegmenter.Segments.Language;

/// <summary>The event names that definitions may use: the well-known ones with their aliases, those that the configuration
/// names, and any other that is not nearly one of them, since a shop may send events of its own.</summary>
internal sealed class EventNames(IReadOnlyCollection<string> configured)
{
    private const int LengthMax = 128;

    private readonly HashSet<string> _configured = new(configured.Select(Normal), StringComparer.Ordinal);

    /// <summary>The type of that name; false after an error. <see cref="Vocabulary.AnyEvent"/> gives null.</summary>
    public bool TryResolve(TextNode name, ErrorSink errors, out EventType? type)
    {
        type = null;
        if (name.Value.Equals(Vocabulary.AnyEvent, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (name.Value.Length is 0 or > LengthMax)
        {
            errors.Report(name.At, $"the name of an event has 1 to {LengthMax} characters");
            return false;
        }

        if (!IsKnown(name.Value)
            && NearestName.Of(Normal(name.Value), EventTypes.WellKnown.Concat(_configured)) is { } nearest)
        {
            errors.Report(name.At, $"unknown event '{name.Value}'. Did you mean '{nearest}'?");
            return false;
        }

        if (!IsKnown(name.Value))
        {
            errors.Warn(name.At, $"'{name.Value}' is not a well-known event, and no input's mapping names it. If your shop sends it, nothing is wrong"
                + (Synonyms.Find(name.Value) is { } meant ? $"; for orders, carts and the like the name is '{meant}'" : ""));
        }

        type = EventTypes.Intern(name.Value);
        return true;
    }

    // A type that only traffic has shown is not known: what is accepted must not depend on what was seen before.
    private bool IsKnown(string name) =>
        _configured.Contains(Normal(name))
        || (EventTypes.TryFind(name, out var type) && EventTypes.WellKnown.Contains(EventTypes.NameOf(type)));

    private static string Normal(string name) => name.Trim().Replace(' ', '_').Replace('-', '_').ToLowerInvariant();
}
