namespace StreamSegmenter.Segments;

/// <summary>What is wrong in a definition or a configuration, where, and the nearest remedy. Prints as
/// <c>file:line:column: message</c>.</summary>
public sealed record DefinitionError(string File, int Line, int Column, string Message)
{
    public override string ToString() => $"{File}:{Line}:{Column}: {Message}";
}
