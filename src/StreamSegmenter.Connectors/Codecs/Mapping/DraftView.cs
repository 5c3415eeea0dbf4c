namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>The collected values of one event.</summary>
/// <param name="entries">In the order in which they came.</param>
/// <param name="bytes">Their texts.</param>
/// <param name="conditions">Which conditions of the mapping hold.</param>
/// <param name="composites">For which fields there was an object or a list.</param>
/// <param name="problems">Where what cannot be taken is reported.</param>
internal readonly ref struct DraftView(
    ReadOnlySpan<DraftEntry> entries, byte[] bytes, ulong conditions, uint composites, DraftProblems problems)
{
    public ReadOnlySpan<DraftEntry> Entries { get; } = entries;

    public DraftProblems Problems => problems;

    public ReadOnlySpan<byte> Value(int entry) => Entries[entry].Value(bytes);

    public ReadOnlySpan<byte> Name(int entry) => Entries[entry].Name(bytes);

    public bool Counts(in SourceBinding binding) =>
        binding.Condition < 0 || ((conditions >> binding.Condition & 1) != 0) != binding.IsUnless;

    public bool HasComposite(MappedField field) => (composites >> (int)field & 1) != 0;
}
