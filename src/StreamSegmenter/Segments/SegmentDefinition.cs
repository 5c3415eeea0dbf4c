namespace StreamSegmenter.Segments;

/// <summary>A segment as the configuration writes it.</summary>
/// <param name="Id">Unique name.</param>
/// <param name="When">The boolean expression.</param>
/// <param name="File">Where it stands, for error messages.</param>
/// <param name="Line">Line of the expression's first character, from 1.</param>
/// <param name="Column">Column of the expression's first character, from 1.</param>
internal sealed record SegmentDefinition(string Id, string When, string File, int Line, int Column)
{
    /// <summary>A member stays at least so long, whatever the expression answers; 0: not longer.</summary>
    public long MinStayMs { get; init; }

    /// <summary>For so long after an exit the customer does not enter again; 0: at once.</summary>
    public long CooldownMs { get; init; }

    /// <summary>What people say of the segment; null where nothing is said.</summary>
    public SegmentLabels? Labels { get; init; }
}

/// <summary>What people say of a segment. The engine passes it on and decides nothing by it.</summary>
internal sealed record SegmentLabels(string? Name, string? Description, string? Owner, IReadOnlyList<string> Tags);
