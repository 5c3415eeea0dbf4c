using StreamSegmenter.Segments;

namespace StreamSegmenter.Runtime.Configuration.Nodes;

/// <summary>Collects all errors, so that one run reports all of them.</summary>
internal sealed class Problems
{
    private readonly List<DefinitionError> _errors = [];

    public int Count => _errors.Count;

    public void Add(SourceLocation place, string message) => _errors.Add(place.Error(message));

    public void AddRange(IEnumerable<DefinitionError> errors) => _errors.AddRange(errors);

    /// <summary>In the order of the files, options last, each once.</summary>
    public IReadOnlyList<DefinitionError> InOrder() =>
        [.. _errors.Distinct().OrderBy(e => e.Line == 0).ThenBy(e => e.File, StringComparer.Ordinal)
            .ThenBy(e => e.Line).ThenBy(e => e.Column)];
}
