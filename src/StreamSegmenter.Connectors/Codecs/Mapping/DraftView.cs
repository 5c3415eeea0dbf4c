namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>The collected values of one event.</summary>
/// <param name="entries">In the order in which they came.</param>
/// <param name="bytes">Their texts.</param>
/// <param name="conditions">Which conditions of the mapping hold.</param>
/// <param name="composites">For which fields there was an object or a list.</param>
/// <param name="problems">Where what cannot be taken is reported.</param>
/// <param name="shape">Which entry is which, where it is known.</param>
internal readonly ref struct DraftView(
    ReadOnlySpan<DraftEntry> entries, ReadOnlySpan<byte> bytes, ulong conditions, uint composites, DraftProblems problems, ShapePlan? shape = null)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public ReadOnlySpan<DraftEntry> Entries { get; } = entries;

    /// <summary>The shape of the record, where it is known: then the values lie in the record itself.</summary>
    public ShapePlan? Shape => shape;

    public DraftProblems Problems => problems;

    public ReadOnlySpan<byte> Value(int entry) => Entries[entry].Value(_bytes);

    public ReadOnlySpan<byte> Name(int entry) => shape is null ? Entries[entry].Name(_bytes) : shape.NameOf(entry);

    public bool Counts(in SourceBinding binding) =>
        binding.Condition < 0 || ((conditions >> binding.Condition & 1) != 0) != binding.IsUnless;

    public bool HasComposite(MappedField field) => (composites >> (int)field & 1) != 0;
}
