namespace StreamSegmenter.Connectors.Codecs.Avro.Binary;

/// <summary>What hostile data may cost. Lengths and counts are bounded by the input itself; these bound the rest.</summary>
internal static class AvroLimits
{
    /// <summary>Records, arrays and maps inside one another in one value.</summary>
    public const int NestingMax = 32;

    /// <summary>
    /// Work that takes no input: items of no size, fields of no size, defaults. A value may ask for
    /// <see cref="FreeStepsBase"/> plus <see cref="FreeStepsPerByte"/> for each byte of the input that holds it.
    /// </summary>
    public const long FreeStepsBase = 65_536;

    public const long FreeStepsPerByte = 64;

    /// <summary>Default bound on a container file's block, as stored and as decompressed.</summary>
    public const int BlockBytesMax = 64 << 20;

    /// <summary>Bound on a container file's header: its metadata, schema included.</summary>
    public const int HeaderBytesMax = 8 << 20;

    /// <summary>Types that one compiled decoder may expand to; recursive types count once.</summary>
    public const int DecoderNodesMax = 16_384;
}
