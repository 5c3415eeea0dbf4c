namespace StreamSegmenter.Segments;

/// <summary>A segment as the configuration writes it.</summary>
/// <param name="Id">Unique name.</param>
/// <param name="When">The boolean expression.</param>
/// <param name="File">Where it stands, for error messages.</param>
/// <param name="Line">Line of the expression's first character, from 1.</param>
/// <param name="Column">Column of the expression's first character, from 1.</param>
internal sealed record SegmentDefinition(string Id, string When, string File, int Line, int Column);
