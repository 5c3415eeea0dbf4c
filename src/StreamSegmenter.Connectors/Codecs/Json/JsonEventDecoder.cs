using System.Text.Json;
using System.Text.Unicode;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Codecs.Json;

/// <summary>Reads a record that is one JSON object: an event, or with <see cref="InputMapping.Unfold"/> an object around an array
/// of events. One pass over the bytes, no document in memory, nothing allocated for a readable record.
/// <para>Refuses what is not UTF-8, not exactly one object, or nested deeper than <see cref="DepthMax"/>; the prefix
/// that Confluent's JSON Schema serializer writes (a zero byte and four of the schema id) is passed over.</para></summary>
public sealed class JsonEventDecoder(CompiledMapping mapping) : IRecordDecoder
{
    /// <summary>How deep objects and arrays may nest.</summary>
    public const int DepthMax = 32;

    /// <summary>How many events one record may unfold to.</summary>
    public const int UnfoldedEventsMax = 65_536;

    /// <summary>How much text they may have together. Needed beside the record's own length, because every event
    /// repeats the outer fields.</summary>
    public const int UnfoldedBytesMax = 64 * 1024 * 1024;

    private const int SchemaPrefixBytes = 5;

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = DepthMax };

    private readonly EventDraft _draft = new(mapping);
    private readonly JsonObjectWalker _walker = new();

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

        var before = batch.Count;
        var reason = ReadRecord(in record, json, batch);
        if (reason is null)
        {
            return DecodeOutcome.Decoded;
        }

        batch.TruncateTo(before);
        return DecodeOutcome.Refused(reason);
    }

    private string? ReadRecord(in SourceRecord record, ReadOnlySpan<byte> json, EventBatch batch)
    {
        try
        {
            var reader = new Utf8JsonReader(json, ReaderOptions);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return $"the record is {Describe(reader.TokenType)}; expected a JSON object";
            }

            _draft.Clear();
            return mapping.Unfold.Length == 0
                ? ReadOne(ref reader, in record, batch)
                : ReadUnfolded(ref reader, json, in record, batch);
        }
        catch (JsonException e)
        {
            var place = e.LineNumber is null or 0 ? "" : $" of line {e.LineNumber + 1}";
            return $"not readable JSON: {WithoutPosition(e.Message)} (byte {e.BytePositionInLine + 1}{place})";
        }
    }

    private string? ReadOne(ref Utf8JsonReader reader, in SourceRecord record, EventBatch batch)
    {
        var reason = _walker.WalkEvent(ref reader, _draft);
        if (reason is not null)
        {
            return reason;
        }

        // Reads on behind the object, which throws when something follows it.
        reader.Read();
        return _draft.Complete(in record, batch, 0);
    }

    // The fields around the array may stand behind it, so the array is passed over first and read afterwards.
    private string? ReadUnfolded(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, in SourceRecord record, EventBatch batch)
    {
        var reason = _walker.WalkOuter(ref reader, _draft, mapping.Unfold, out var arrayStart);
        if (reason is not null)
        {
            return reason;
        }

        reader.Read();
        if (arrayStart < 0)
        {
            return $"there is no array '{mapping.Mapping.Unfold}' to unfold";
        }

        var elements = new Utf8JsonReader(json[(int)arrayStart..], ReaderOptions);
        elements.Read();
        var outer = _draft.Position;
        var bytesMax = batch.BytesUsed + UnfoldedBytesMax;
        for (var index = 0; elements.Read() && elements.TokenType != JsonTokenType.EndArray; index++)
        {
            if (elements.TokenType != JsonTokenType.StartObject)
            {
                return $"element {index + 1} of '{mapping.Mapping.Unfold}' is {Describe(elements.TokenType)}; expected a JSON object";
            }

            if (index == UnfoldedEventsMax || batch.BytesUsed > bytesMax)
            {
                return $"'{mapping.Mapping.Unfold}' unfolds to more than {UnfoldedEventsMax:N0} events or {UnfoldedBytesMax:N0} bytes of text";
            }

            _draft.Rewind(outer);
            reason = _walker.WalkEvent(ref elements, _draft) ?? _draft.Complete(in record, batch, index);
            if (reason is not null)
            {
                return $"element {index + 1} of '{mapping.Mapping.Unfold}': {reason}";
            }
        }

        return null;
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
