namespace StreamSegmenter.Connectors.Replay;

/// <summary>A field that an input's mapping names and that no record had.</summary>
/// <param name="Sources">Where the mapping looks for it.</param>
/// <param name="Events">In how many events it was looked for.</param>
internal sealed record UnusedSource(string Input, string Field, string Sources, long Events);
