namespace StreamSegmenter.Segments.Language;

/// <summary>Where a definition's errors and warnings go.</summary>
internal sealed class ErrorSink(string file, List<DefinitionError> errors, List<DefinitionError>? warnings = null)
{
    /// <summary>Adds a warning: the definition is valid and probably does not mean what its author thinks.</summary>
    public void Warn(SourcePosition at, string message) => warnings?.Add(new DefinitionError(file, at.Line, at.Column, message));

    /// <summary>Adds an error. The result is null, so that a binder can return it.</summary>
    public string? Report(SourcePosition at, string message)
    {
        errors.Add(new DefinitionError(file, at.Line, at.Column, message));
        return null;
    }
}
