using StreamSegmenter.Segments;

namespace StreamSegmenter.Host.Configuration.Nodes;

/// <summary>Where a value was written: a file with line and column from 1, or the name of a command-line option with
/// line 0.</summary>
public readonly record struct Place(string File, int Line, int Column)
{
    public static Place Option(string option) => new(option, 0, 0);

    public bool IsOption => File.StartsWith("--", StringComparison.Ordinal);

    public DefinitionError Error(string message) => new(File, Line, Column, message);

    public override string ToString() => Line == 0 ? File : $"{File}:{Line}:{Column}";
}
