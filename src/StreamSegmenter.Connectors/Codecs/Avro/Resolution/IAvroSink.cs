namespace StreamSegmenter.Connectors.Codecs.Avro.Resolution;

/// <summary>
/// Receives one decoded value. Implement it as a struct or ref struct: the decoder is compiled for it, so no call is
/// virtual and nothing is boxed. A <c>slot</c> is the number of a field in <see cref="AvroDecoder.Slots"/>: the field of a
/// top-level record at position i has slot i; a nested record's fields follow, and <see cref="AvroDecoder.SlotOf"/> finds them by
/// dotted path. What is not a record's field (the root, −1) or lies inside an array or map carries that container's slot.
///
/// Fields come in the order in which they were written, then those that only have a default. Spans are slices of the
/// input or of the schema's defaults; a ref struct may keep them as long as the input lives.
/// </summary>
internal interface IAvroSink
{
    void OnNull(int slot);

    void OnBoolean(int slot, bool value);

    /// <summary>An int or a long, dates and timestamps included.</summary>
    void OnLong(int slot, long value);

    /// <summary>A float or a double.</summary>
    void OnDouble(int slot, double value);

    /// <summary>A string: valid UTF-8.</summary>
    void OnString(int slot, ReadOnlySpan<byte> utf8);

    /// <summary>Bytes or a fixed.</summary>
    void OnBytes(int slot, ReadOnlySpan<byte> value);

    /// <summary>An enum's symbol as the reader's schema knows it, ASCII, with its ordinal there.</summary>
    void OnEnum(int slot, int ordinal, ReadOnlySpan<byte> symbol);

    /// <summary>A record begins; calls for its fields follow with slots of their own.</summary>
    void BeginRecord(int slot);

    void EndRecord(int slot);

    /// <summary>An array begins; one call or Begin/End pair for each item follows.</summary>
    void BeginArray(int slot);

    void EndArray(int slot);

    /// <summary>A map begins; <see cref="OnMapKey"/> and then the value follow for each entry. A key may come twice.</summary>
    void BeginMap(int slot);

    void OnMapKey(int slot, ReadOnlySpan<byte> utf8);

    void EndMap(int slot);
}
