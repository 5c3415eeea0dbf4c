using StreamSegmenter.Segments;

namespace StreamSegmenter.Runtime.Configuration.Nodes;

/// <summary>Collects all errors, so that one run reports all of them.</summary>
internal sealed class Problems
{
    private readonly List<DefinitionError> _errors = [];
    private readonly List<DefinitionError> _warnings = [];

    public int Count => _errors.Count;

    public void Add(SourceLocation place, string message) => _errors.Add(place.Error(message));

    public void AddRange(IEnumerable<DefinitionError> errors) => _errors.AddRange(errors);

    /// <summary>What is valid and probably not meant.</summary>
    public void Warn(IEnumerable<DefinitionError> warnings) => _warnings.AddRange(warnings);

    /// <summary>The errors, in the order of the files, options last, each once.</summary>
    public IReadOnlyList<DefinitionError> InOrder() => InOrder(_errors);

    /// <summary>The warnings in the same way.</summary>
    public IReadOnlyList<DefinitionError> WarningsInOrder() => InOrder(_warnings);

    private static IReadOnlyList<DefinitionError> InOrder(List<DefinitionError> errors) =>
        [.. errors.Distinct().OrderBy(e => e.Line == 0).ThenBy(e => e.File, StringComparer.Ordinal)
            .ThenBy(e => e.Line).ThenBy(e => e.Column)];
}
