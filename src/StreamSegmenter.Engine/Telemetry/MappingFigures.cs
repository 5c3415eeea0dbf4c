namespace StreamSegmenter.Engine.Telemetry;

/// <summary>What the mapping of one input was good for, over all lanes.</summary>
/// <param name="Filtered">Events that the input's condition left out.</param>
/// <param name="RoundedAmounts">Amounts with more digits than their currency.</param>
/// <param name="Unused">Fields that the mapping names and no record had, with their sources, in words; empty while few records were read.</param>
internal readonly record struct MappingFigures(long Filtered, long RoundedAmounts, IReadOnlyList<string> Unused)
{
    /// <summary>Of an input that nothing is known of.</summary>
    public static MappingFigures None => new(0, 0, []);
}
