using System.Text.Json;
using StreamSegmenter.Connectors.Codecs.Mapping;

namespace StreamSegmenter.Connectors.Codecs.Json;

/// <summary>Walks one JSON object and hands each scalar in it to a draft under its dotted path. Null is absent; arrays are passed over.
/// The walk is a loop over a stack of path lengths, so hostile nesting costs no stack; the path has a fixed bound,
/// so a long name cannot make every value beneath it expensive.</summary>
internal sealed class JsonObjectWalker
{
    private readonly byte[] _path = new byte[EventDraft.PathBytesMax];
    private readonly int[] _prefixes = new int[JsonEventDecoder.DepthMax + 1];
    private byte[] _scratch = new byte[256];
    private int _depth;
    private int _pathLength;

    /// <summary>Reads the object whose start the reader stands on, and leaves it on the object's end.</summary>
    /// <returns>Null, or why the object cannot be taken.</returns>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public string? WalkEvent(ref Utf8JsonReader reader, EventDraft draft) => Walk(ref reader, draft, default, out _);

    /// <summary>Reads the object around an array of events.</summary>
    /// <param name="arrayStart">Where in the text the array of that path starts, -1 when there is none.</param>
    public string? WalkOuter(ref Utf8JsonReader reader, EventDraft draft, ReadOnlySpan<byte> array, out long arrayStart) =>
        Walk(ref reader, draft, array, out arrayStart);

    private string? Walk(ref Utf8JsonReader reader, EventDraft draft, ReadOnlySpan<byte> array, out long arrayStart)
    {
        arrayStart = -1;
        _depth = 0;
        _prefixes[0] = 0;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    var reason = EnterName(ref reader);
                    if (reason is not null)
                    {
                        return reason;
                    }

                    break;
                case JsonTokenType.StartObject:
                    _prefixes[++_depth] = _pathLength;
                    break;
                case JsonTokenType.EndObject when _depth == 0:
                    return null;
                case JsonTokenType.EndObject:
                    _depth--;
                    break;
                case JsonTokenType.StartArray:
                    if (!array.IsEmpty && Path.SequenceEqual(array))
                    {
                        arrayStart = reader.TokenStartIndex;
                    }

                    reader.Skip();
                    break;
                case JsonTokenType.Null:
                    break;
                default:
                    reason = AddValue(ref reader, draft, outer: !array.IsEmpty);
                    if (reason is not null)
                    {
                        return reason;
                    }

                    break;
            }
        }

        throw new JsonException("the object does not end");
    }

    private ReadOnlySpan<byte> Path => _path.AsSpan(0, _pathLength);

    private string? EnterName(ref Utf8JsonReader reader)
    {
        if (!TryGetText(ref reader, out var name))
        {
            return "a name has an escape that is no character";
        }

        var prefix = _prefixes[_depth];
        var dot = _depth == 0 ? 0 : 1;
        if (prefix + dot + name.Length > _path.Length)
        {
            return $"the path of a value is longer than {EventDraft.PathBytesMax} bytes: '{DraftReasons.Preview(name)}'";
        }

        if (dot == 1)
        {
            _path[prefix] = (byte)'.';
        }

        name.CopyTo(_path.AsSpan(prefix + dot));
        _pathLength = prefix + dot + name.Length;
        return null;
    }

    private string? AddValue(ref Utf8JsonReader reader, EventDraft draft, bool outer)
    {
        var kind = reader.TokenType switch
        {
            JsonTokenType.Number => DraftKind.Number,
            JsonTokenType.True => DraftKind.True,
            JsonTokenType.False => DraftKind.False,
            _ => DraftKind.Text,
        };
        if (!TryGetText(ref reader, out var value))
        {
            return $"the text of '{DraftReasons.Preview(Path)}' has an escape that is no character";
        }

        if (outer)
        {
            draft.AddOuter(Path, kind, value);
        }
        else
        {
            draft.Add(Path, kind, value);
        }

        return null;
    }

    // The token's text without its escapes. Numbers and booleans stand as they are written.
    private bool TryGetText(ref Utf8JsonReader reader, out ReadOnlySpan<byte> text)
    {
        text = reader.ValueSpan;
        if (!reader.ValueIsEscaped)
        {
            return true;
        }

        if (_scratch.Length < text.Length)
        {
            _scratch = new byte[Math.Max(text.Length, _scratch.Length * 2)];
        }

        try
        {
            text = _scratch.AsSpan(0, reader.CopyString(_scratch));
            return true;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: JSON's grammar allows it, UTF-8 does not.
            return false;
        }
    }
}
