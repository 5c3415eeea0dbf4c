using StreamSegmenter.Runtime.Configuration.Nodes;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Runtime.Configuration;

/// <summary>Shows the line of an error with a caret under its place. A line that may carry a secret is not shown.</summary>
internal sealed class SourceText(string file, string text, Redactor redactor)
{
    private const int WidthMax = 160;
    private static readonly string[] Secretive = ["password", "secret", "token", "key", "credential"];

    private readonly string[] _lines = text.Split('\n');

    /// <summary>The line and the caret, each with its end of line; empty where there is nothing to show.</summary>
    public string Of(DefinitionError error)
    {
        if (error.File != file || error.Line < 1 || error.Line > _lines.Length)
        {
            return "";
        }

        var line = _lines[error.Line - 1].TrimEnd('\r').Replace('\t', ' ');
        if (redactor.Redact(line) != line || Array.Exists(Secretive, word => line.Contains(word, StringComparison.OrdinalIgnoreCase))
            || error.Column < 1 || error.Column > line.Length + 1)
        {
            return "";
        }

        var indent = line.Length - line.TrimStart().Length;
        var from = Math.Min(Math.Max(indent, error.Column - 1 - (WidthMax / 2)), error.Column - 1);
        var shown = line.AsSpan(from, Math.Min(WidthMax, line.Length - from));
        return $"    {shown}\n    {new string(' ', error.Column - 1 - from)}^\n";
    }
}
