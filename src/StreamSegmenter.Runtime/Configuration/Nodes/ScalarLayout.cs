using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace StreamSegmenter.Runtime.Configuration.Nodes;

/// <summary>Where the text of a scalar really begins in its file: behind a quotation mark, or in the lines below a block's
/// indicator. The parser reports only the beginning of the scalar.</summary>
internal sealed class ScalarLayout(string file)
{
    private readonly string[] _lines = file.Split('\n');

    /// <summary>The scalar's text; that of a folded block with the line ends it has in the file.</summary>
    public string TextOf(Scalar scalar) => scalar.Style == ScalarStyle.Folded ? Unfolded(scalar) : scalar.Value;

    /// <summary>The place of the text's first character.</summary>
    public SourceLocation TextPlace(Scalar scalar, SourceLocation place)
    {
        switch (scalar.Style)
        {
            case ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted:
                return place with { Column = place.Column + 1 };
            case ScalarStyle.Literal or ScalarStyle.Folded:
                // The text of a block begins in the first line below that is not blank.
                for (var line = place.Line; line < _lines.Length; line++)
                {
                    var indent = _lines[line].Length - _lines[line].TrimStart(' ').Length;
                    if (!string.IsNullOrWhiteSpace(_lines[line]))
                    {
                        return place with { Line = line + 1, Column = indent + 1 };
                    }
                }

                return place;
            default:
                return place;
        }
    }

    // Keeps the lines of a folded block as written, so that an error in a long condition has its true line. Whoever reads
    // such a text takes a line's end for a blank.
    private string Unfolded(Scalar scalar)
    {
        // The parser reports the end in the block's last line or in the next one: the text decides.
        for (var end = Math.Min(_lines.Length, (int)scalar.End.Line); end > scalar.Start.Line; end--)
        {
            var text = Dedented(_lines.AsSpan((int)scalar.Start.Line..end));
            if (SameWords(text, scalar.Value))
            {
                return text;
            }
        }

        return scalar.Value;
    }

    private static string Dedented(ReadOnlySpan<string> lines)
    {
        while (lines.Length > 0 && string.IsNullOrWhiteSpace(lines[0]))
        {
            lines = lines[1..];
        }

        if (lines.Length == 0)
        {
            return "";
        }

        var indent = lines[0].Length - lines[0].TrimStart(' ').Length;
        return string.Join('\n', lines.ToArray().Select(l => l.Length > indent ? l[indent..].TrimEnd('\r') : "")).TrimEnd();
    }

    private static bool SameWords(string one, string other) =>
        one.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .SequenceEqual(other.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
