using StreamSegmenter.Segments;

namespace StreamSegmenter.Host.Configuration.Nodes;

/// <summary>Where a value was written: a file with line and column from 1, or the name of a command-line option with
/// line 0.</summary>
public readonly record struct Place(string File, int Line, int Column)
{
    public static Place Option(string option) => new(option, 0, 0);

    public bool IsOption => File.StartsWith("--", StringComparison.Ordinal);

    public DefinitionError Error(string message) => new(File, Line, Column, message);

    /// <summary>How a message about another place speaks of this one: "in line 7", "at rules.yaml:7:3".</summary>
    public string SeenFrom(Place other) => File == other.File && Line > 0 ? $"in line {Line}" : $"at {this}";

    public override string ToString() => Line == 0 ? File : $"{File}:{Line}:{Column}";
}
