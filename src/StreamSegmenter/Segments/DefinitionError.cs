namespace StreamSegmenter.Segments;

/// <summary>What is wrong in a definition or a configuration, where, and the nearest remedy. Prints as
/// <c>file:line:column: message</c>, or <c>file: message</c> when <paramref name="Line"/> is 0: a command-line option has
/// no lines.</summary>
public sealed record DefinitionError(string File, int Line, int Column, string Message)
{
    /// <summary>The place alone.</summary>
    internal string At => Line == 0 ? File : $"{File}:{Line}:{Column}";

    public override string ToString() => $"{At}: {Message}";
}
