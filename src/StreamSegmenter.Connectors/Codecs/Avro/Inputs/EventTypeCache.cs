using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Codecs.Avro.Inputs;

/// <summary>
/// Remembers what the last names of event types meant, so that the few that make up the traffic cost a comparison and not a
/// look-up of a string. Of fixed size: each name has one place, which the newest takes. Not thread-safe.
/// </summary>
internal sealed class EventTypeCache(CompiledMapping mapping)
{
    private const int Places = 64;
    private const int NameBytesMax = 48;

    private readonly Place[] _places = new Place[Places];

    /// <summary>The type of a name, blanks around it aside.</summary>
    public EventType TypeOf(ReadOnlySpan<byte> name, out bool isEmpty)
    {
        isEmpty = name.IsEmpty;
        if (isEmpty)
        {
            return default;
        }

        ref Place place = ref _places[PlaceOf(name)];
        if (place.Length == name.Length && name.SequenceEqual(place.Name.AsSpan(0, place.Length)))
        {
            return place.Type;
        }

        ReadOnlySpan<byte> trimmed = name.Trim((byte)' ');
        isEmpty = trimmed.IsEmpty;
        EventType type = isEmpty ? default : mapping.TypeOf(trimmed);
        if (!isEmpty && name.Length <= NameBytesMax)
        {
            place.Name ??= new byte[NameBytesMax];
            name.CopyTo(place.Name);
            place.Length = name.Length;
            place.Type = type;
        }

        return type;
    }

    private static int PlaceOf(ReadOnlySpan<byte> name) =>
        ((name.Length * 7) + (name[0] * 5) + (name[^1] * 3) + name[name.Length / 2]) & (Places - 1);

    private struct Place
    {
        public byte[]? Name;
        public int Length;
        public EventType Type;
    }
}
