namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>One value of a draft: the name of a property, if it has one of its own, and the value behind it.</summary>
/// <param name="Binding">The binding that leads to a field, -1 for a property under its own name.</param>
internal readonly record struct DraftEntry(int Binding, DraftKind Kind, int Start, int NameLength, int ValueLength)
{
    public ReadOnlySpan<byte> Name(ReadOnlySpan<byte> bytes) => bytes.Slice(Start, NameLength);

    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> bytes) => bytes.Slice(Start + NameLength, ValueLength);
}
