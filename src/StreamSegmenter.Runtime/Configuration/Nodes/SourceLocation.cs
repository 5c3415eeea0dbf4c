using StreamSegmenter.Segments;

namespace StreamSegmenter.Runtime.Configuration.Nodes;

/// <summary>Where a value was written: a file with line and column from 1, or the name of a command-line option with
/// line 0.</summary>
internal readonly record struct SourceLocation(string File, int Line, int Column)
{
    public static SourceLocation Option(string option) => new(option, 0, 0);

    public bool IsOption => File.StartsWith("--", StringComparison.Ordinal);

    public DefinitionError Error(string message) => new(File, Line, Column, message);

    /// <summary>How a message about another place speaks of this one: "in line 7", "at rules.yaml:7:3".</summary>
    public string SeenFrom(SourceLocation other) => File == other.File && Line > 0 ? $"in line {Line}" : $"at {this}";

    public override string ToString() => Line == 0 ? File : $"{File}:{Line}:{Column}";
}
