using System.Text.Json;
using System.Text.Unicode;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Codecs.Json;

/// <summary>Reads a record that is one JSON object: an event, or with <see cref="InputMapping.Unfold"/> an object around an array
/// of events. One pass over the bytes, no document in memory, nothing allocated for a readable record. A simple record in an order of
/// names that was seen before is read by its shape, any other value by value.
/// <para>Refuses what is not UTF-8 or not exactly one object; the prefix
/// that Confluent's JSON Schema serializer writes (a zero byte and four of the schema id) is passed over.</para></summary>
internal sealed class JsonEventDecoder : IMappedDecoder
{
    /// <summary>How deep objects and arrays may nest; what is deeper is left out.</summary>
    public const int DepthMax = 32;

    /// <summary>How many events one record may unfold to.</summary>
    public const int UnfoldedEventsMax = 65_536;

    /// <summary>How much text they may have together. Needed beside the record's own length, because every event
    /// repeats the outer fields.</summary>
    public const int UnfoldedBytesMax = 64 * 1024 * 1024;

    private const int SchemaPrefixBytes = 5;

    // What is deeper than an event may be is passed over, so the reader itself goes further.
    internal static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 1000 };

    private readonly CompiledMapping _mapping;
    private readonly EventDraft _draft;
    private readonly JsonObjectWalker _walker;
    private readonly JsonShapeReader? _shapes;

    /// <param name="mapping">What the names mean.</param>
    /// <param name="learnsShapes">False: every record is read value by value, which gives the same events.</param>
    public JsonEventDecoder(CompiledMapping mapping, bool learnsShapes = true)
    {
        _mapping = mapping;
        _draft = new EventDraft(mapping);
        _walker = new JsonObjectWalker(_draft);
        _shapes = learnsShapes && JsonShapeReader.CanRead(mapping) ? new JsonShapeReader(mapping, _draft.Use) : null;
    }

    public MappingUse Use => _draft.Use;

    public DecodeOutcome Decode(in SourceRecord record, EventBatch batch)
    {
        var json = record.Value;
        if (json.Length > SchemaPrefixBytes && json[0] == 0)
        {
            json = json[SchemaPrefixBytes..];
        }

        if (json.IsEmpty)
        {
            return DecodeOutcome.Refused("the record is empty; expected a JSON object");
        }

        if (!Utf8.IsValid(json))
        {
            return DecodeOutcome.Refused("the record is not UTF-8 text; expected a JSON object in UTF-8");
        }

        if (_shapes?.Read(json) is { } shape)
        {
            return Outcome(_draft.CompleteInPlace(_shapes.Entries, json, shape, in record, batch));
        }

        var before = batch.Count;
        var outcome = ReadRecord(in record, json, batch);
        if (outcome.Status == DecodeStatus.Refused)
        {
            batch.TruncateTo(before);
        }

        return outcome;
    }

    private DecodeOutcome ReadRecord(in SourceRecord record, ReadOnlySpan<byte> json, EventBatch batch)
    {
        try
        {
            var reader = new Utf8JsonReader(json, ReaderOptions);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return DecodeOutcome.Refused($"the record is {Describe(reader.TokenType)}; expected a JSON object");
            }

            _draft.Clear();
            return _mapping.Unfold.Length == 0
                ? ReadOne(ref reader, in record, batch)
                : ReadUnfolded(ref reader, json, in record, batch);
        }
        catch (JsonException e)
        {
            var place = e.LineNumber is null or 0 ? "" : $" of line {e.LineNumber + 1}";
            return DecodeOutcome.Refused($"not readable JSON: {WithoutPosition(e.Message)} (byte {e.BytePositionInLine + 1}{place})");
        }
    }

    private DecodeOutcome ReadOne(ref Utf8JsonReader reader, in SourceRecord record, EventBatch batch)
    {
        _walker.WalkEvent(ref reader);

        // Reads on behind the object, which throws when something follows it.
        reader.Read();
        return Outcome(_draft.Complete(in record, batch, 0));
    }

    private DecodeOutcome Outcome(string? reason) =>
        reason is null ? DecodeOutcome.Without(_draft.Problem) : DecodeOutcome.Refused(reason);

    // The fields around the array may stand behind it, so the array is passed over first and read afterwards.
    private DecodeOutcome ReadUnfolded(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, in SourceRecord record, EventBatch batch)
    {
        _walker.WalkOuter(ref reader, _mapping.Unfold);
        reader.Read();
        if (_walker.ArrayStart < 0)
        {
            return DecodeOutcome.Refused($"there is no array '{_mapping.Mapping.Unfold}' to unfold");
        }

        var elements = new Utf8JsonReader(json[(int)_walker.ArrayStart..], ReaderOptions);
        elements.Read();
        var outer = _draft.Position;
        var bytesMax = batch.BytesUsed + UnfoldedBytesMax;
        var (index, refused) = (0, 0);
        for (; elements.Read() && elements.TokenType != JsonTokenType.EndArray; index++)
        {
            if (index == UnfoldedEventsMax || batch.BytesUsed > bytesMax)
            {
                return DecodeOutcome.Refused(
                    $"'{_mapping.Mapping.Unfold}' unfolds to more than {UnfoldedEventsMax:N0} events or {UnfoldedBytesMax:N0} bytes of text");
            }

            _draft.Rewind(outer);
            if (ReadElement(ref elements, in record, batch, index) is { } reason)
            {
                refused++;
                _draft.Problems.Add($"element {index + 1} of '{_mapping.Mapping.Unfold}': {reason}");
            }
        }

        return refused > 0 && refused == index ? DecodeOutcome.Refused(_draft.Problem!) : DecodeOutcome.Without(_draft.Problem);
    }

    /// <returns>Null, or why this element is no event; the others may be.</returns>
    private string? ReadElement(ref Utf8JsonReader elements, in SourceRecord record, EventBatch batch, int index)
    {
        if (elements.TokenType != JsonTokenType.StartObject)
        {
            var found = Describe(elements.TokenType);
            elements.Skip();
            return $"it is {found}; expected a JSON object";
        }

        _walker.WalkEvent(ref elements);
        return _draft.Complete(in record, batch, index);
    }

    private static string Describe(JsonTokenType token) => token switch
    {
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a text",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "a boolean",
    };

    private static string WithoutPosition(string message)
    {
        var position = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return position < 0 ? message : message[..position];
    }
}
