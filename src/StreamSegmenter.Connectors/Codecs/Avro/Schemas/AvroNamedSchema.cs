namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

/// <summary>Record, enum or fixed: the types that have a name, may be referred to by it, and may carry aliases.</summary>
internal abstract class AvroNamedSchema : AvroSchema
{
    private protected AvroNamedSchema(AvroType type, AvroName name, IReadOnlyList<AvroName> aliases)
        : base(type)
    {
        Name = name;
        Aliases = aliases;
    }

    public AvroName Name { get; }

    /// <summary>Earlier names of this type: as a reader it also accepts data written under one of them.</summary>
    public IReadOnlyList<AvroName> Aliases { get; }

    public override string DisplayName => Name.Full;
}

/// <summary>A fixed number of bytes.</summary>
internal sealed class AvroFixedSchema : AvroNamedSchema
{
    internal AvroFixedSchema(AvroName name, IReadOnlyList<AvroName> aliases, int sizeBytes)
        : base(AvroType.Fixed, name, aliases)
    {
        SizeBytes = sizeBytes;
        EncodedBytesMin = sizeBytes;
    }

    public int SizeBytes { get; }
}

/// <summary>One of a list of symbols, encoded as its ordinal.</summary>
internal sealed class AvroEnumSchema : AvroNamedSchema
{
    internal AvroEnumSchema(AvroName name, IReadOnlyList<AvroName> aliases, string[] symbols, string? defaultSymbol)
        : base(AvroType.Enum, name, aliases)
    {
        Symbols = symbols;
        DefaultSymbol = defaultSymbol;
        EncodedBytesMin = 1;
    }

    public IReadOnlyList<string> Symbols { get; }

    /// <summary>What a reader takes for a symbol that it does not know; null when such a symbol is an error.</summary>
    public string? DefaultSymbol { get; }

    /// <summary>The ordinal of a symbol, −1 when it is not one of this enum.</summary>
    public int IndexOf(string symbol)
    {
        for (int i = 0; i < Symbols.Count; i++)
        {
            if (Symbols[i] == symbol)
            {
                return i;
            }
        }

        return -1;
    }
}
