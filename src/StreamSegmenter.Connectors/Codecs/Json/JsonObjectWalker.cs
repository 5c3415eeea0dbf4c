using System.Text.Json;
using StreamSegmenter.Connectors.Codecs.Mapping;

namespace StreamSegmenter.Connectors.Codecs.Json;

/// <summary>Walks one JSON object and hands each scalar in it to a draft under its dotted path. Null is absent. What cannot be taken
/// (a half surrogate, a path or a nesting without measure) is passed over and reported.
/// <para>The path has a fixed bound, so a long name cannot make every value beneath it expensive, and nesting has one, so hostile
/// nesting costs no stack. Lists are <see cref="JsonListWalker"/>'s.</para></summary>
internal sealed class JsonObjectWalker
{
    private readonly EventDraft _draft;
    private readonly JsonListWalker _lists;
    private readonly byte[] _path = new byte[EventDraft.PathBytesMax];
    private byte[] _scratch = new byte[256];
    private byte[] _unfold = [];
    private bool _isOuter;
    private int _jsonDepth;

    public JsonObjectWalker(EventDraft draft)
    {
        _draft = draft;
        _lists = new JsonListWalker(this, draft);
    }

    /// <summary>How long the present path is; writing behind it goes through <see cref="TryExtend"/>.</summary>
    public int PathLength { get; set; }

    /// <summary>Where in the path an item's own path begins; -1 outside an item.</summary>
    public int ItemStart { get; set; } = -1;

    /// <summary>Whether the values belong to several elements of one list.</summary>
    public bool IsInList { get; set; }

    public ReadOnlySpan<byte> Path => _path.AsSpan(0, PathLength);

    /// <summary>The path from the item on, where the walk is inside one.</summary>
    public ReadOnlySpan<byte> OwnPath => Path[Math.Max(ItemStart, 0)..];

    /// <summary>Where in the text the array that <see cref="WalkOuter"/> looks for starts; -1 when there is none.</summary>
    public long ArrayStart { get; private set; }

    /// <summary>Reads the object whose start the reader stands on, and leaves it on the object's end.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public void WalkEvent(ref Utf8JsonReader reader) => Begin(ref reader, default, isOuter: false);

    /// <summary>Reads the object around an array of events.</summary>
    public void WalkOuter(ref Utf8JsonReader reader, byte[] array) => Begin(ref reader, array, isOuter: true);

    /// <summary>Reads a text that is JSON itself as if it stood at that path.</summary>
    public void WalkText(ReadOnlySpan<byte> path, ReadOnlySpan<byte> json)
    {
        PathLength = 0;
        ItemStart = -1;
        IsInList = false;
        if (TryExtend(path))
        {
            ReadJson(json, 0);
        }
    }

    public void WalkObject(ref Utf8JsonReader reader, int prefix, int depth)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            PathLength = prefix;
            var entered = TryEnterName(ref reader);
            reader.Read();
            if (entered)
            {
                WalkValue(ref reader, depth);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    /// <summary>Hands over the value that the reader stands on, whose path is the present one.</summary>
    public void WalkValue(ref Utf8JsonReader reader, int depth)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                if (!_isOuter && !IsInList && ItemStart < 0)
                {
                    _draft.AddNull(Path);
                }

                break;
            case JsonTokenType.StartObject or JsonTokenType.StartArray when depth >= JsonEventDecoder.DepthMax:
                _draft.Problems.Add($"'{DraftReasons.Preview(Path)}' is nested deeper than {JsonEventDecoder.DepthMax} levels and left out");
                reader.Skip();
                break;
            case JsonTokenType.StartObject:
                AddComposite();
                WalkObject(ref reader, PathLength, depth + 1);
                break;
            case JsonTokenType.StartArray when _unfold.Length > 0 && Path.SequenceEqual(_unfold):
                ArrayStart = reader.TokenStartIndex;
                reader.Skip();
                break;
            case JsonTokenType.StartArray:
                if (!IsInList)
                {
                    AddComposite();
                }

                _lists.Walk(ref reader, depth + 1, _isOuter);
                break;
            default:
                AddScalar(ref reader, depth);
                break;
        }
    }

    /// <summary>Writes behind the present path; false, and reported, when it gets too long.</summary>
    public bool TryExtend(ReadOnlySpan<byte> more)
    {
        if (PathLength + more.Length > _path.Length)
        {
            _draft.Problems.Add($"the path of a value is longer than {EventDraft.PathBytesMax} bytes: '{DraftReasons.Preview(more)}' is left out");
            return false;
        }

        more.CopyTo(_path.AsSpan(PathLength));
        PathLength += more.Length;
        return true;
    }

    /// <summary>The token's text without its escapes; false, and reported, where it is none.</summary>
    public bool TryGetText(ref Utf8JsonReader reader, out ReadOnlySpan<byte> text)
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
            _draft.Problems.Add($"the text of '{DraftReasons.Preview(Path)}' has an escape that is no character and is left out");
            return false;
        }
    }

    public static DraftKind KindOf(JsonTokenType token) => token switch
    {
        JsonTokenType.Number => DraftKind.Number,
        JsonTokenType.True => DraftKind.True,
        JsonTokenType.False => DraftKind.False,
        _ => DraftKind.Text,
    };

    /// <summary>Hands over a scalar under the present path.</summary>
    public void Add(DraftKind kind, ReadOnlySpan<byte> value)
    {
        if (_isOuter)
        {
            _draft.AddOuter(Path, kind, value);
        }
        else if (ItemStart < 0)
        {
            _draft.Add(Path, kind, value, IsInList);
        }
        else if (!_draft.Lines.Add(OwnPath, kind, value, _draft.Problems))
        {
            _draft.AddProperty(Path, kind, value);
        }
    }

    private void Begin(ref Utf8JsonReader reader, byte[]? unfold, bool isOuter)
    {
        _unfold = unfold ?? [];
        _isOuter = isOuter;
        ArrayStart = -1;
        PathLength = 0;
        ItemStart = -1;
        IsInList = false;
        WalkObject(ref reader, 0, 1);
        if (reader.TokenType != JsonTokenType.EndObject)
        {
            throw new JsonException("the object does not end");
        }
    }

    private void AddComposite()
    {
        if (ItemStart < 0)
        {
            _draft.AddComposite(Path, _isOuter);
        }
    }

    private bool TryEnterName(ref Utf8JsonReader reader) =>
        TryGetText(ref reader, out var name) && (PathLength == 0 || TryExtend("."u8)) && TryExtend(name);

    private void AddScalar(ref Utf8JsonReader reader, int depth)
    {
        if (!TryGetText(ref reader, out var value))
        {
            return;
        }

        if (_draft.Compiled.HasJson && reader.TokenType == JsonTokenType.String && _draft.Compiled.IsJson(Path))
        {
            ReadJson(value, depth);
            return;
        }

        Add(KindOf(reader.TokenType), value);
    }

    // The text is unescaped into the scratch, so it is copied before anything else is. One level only: JSON in JSON in JSON stays text.
    private void ReadJson(ReadOnlySpan<byte> json, int depth)
    {
        if (_jsonDepth > 0)
        {
            Add(DraftKind.Text, json);
            return;
        }

        _jsonDepth++;
        try
        {
            var reader = new Utf8JsonReader(json.ToArray(), JsonEventDecoder.ReaderOptions);
            reader.Read();
            WalkValue(ref reader, depth);
        }
        catch (JsonException)
        {
            _draft.Problems.Add($"the text of '{DraftReasons.Preview(Path)}' is not JSON, as the mapping declares it");
        }
        finally
        {
            _jsonDepth--;
        }
    }
}
