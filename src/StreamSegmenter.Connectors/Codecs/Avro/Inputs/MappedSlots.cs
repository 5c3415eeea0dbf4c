using global::Avro;
using StreamSegmenter.Connectors.Codecs.Avro.Resolution;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Connectors.Codecs.Avro.Inputs;

/// <summary>What a mapped record's sink must know of each slot.</summary>
/// <param name="Paths">Dotted path, in UTF-8; inside the unfolded array it starts at the item.</param>
/// <param name="InsideUnfolded">Whether the slot belongs to an item of the unfolded array.</param>
/// <param name="LogicalTypes">Of the field, or of the one branch beside null.</param>
/// <param name="UnfoldSlot">The array to unfold, <see cref="None"/> for none.</param>
internal sealed record MappedSlots(byte[][] Paths, bool[] InsideUnfolded, AvroLogicalType[] LogicalTypes, int UnfoldSlot)
{
    /// <summary>No slot; the decoder's root has this number too.</summary>
    public const int None = -1;

    /// <summary>Longest number in decimal digits, sign and point included, that a decimal may have to be read.</summary>
    public const int NumberBytesMax = 64;

    /// <summary>True when the mapping says itself that times are microseconds; else those that their schema declares as
    /// such are brought to milliseconds.</summary>
    public bool KeepMicros { get; init; }

    /// <summary>For the slot of a list of items its rank; -1 for any other.</summary>
    public int[] ItemRanks { get; init; } = [];

    /// <summary>For a slot inside an item, the path from the item on; null for any other.</summary>
    public byte[]?[] ItemPaths { get; init; } = [];

    /// <summary>Where numbers become text and a map's entries get their path.</summary>
    public byte[] Scratch { get; } = new byte[512];

    public static AvroLogicalType LogicalTypeOf(AvroSlot slot)
    {
        if (slot.Schema is not UnionSchema union)
        {
            return AvroLogicalType.Of(slot.Schema);
        }

        AvroLogicalType found = default;
        foreach (Schema branch in union.Schemas)
        {
            AvroLogicalType type = AvroLogicalType.Of(branch);
            found = type.Kind == AvroLogicalKind.None ? found : type;
        }

        return found;
    }
}
