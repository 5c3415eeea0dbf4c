using StreamSegmenter.Segments;
using YamlDotNet.Core;

namespace StreamSegmenter.Runtime.Configuration.Nodes;

/// <summary>Turns the parser's errors into words that need no knowledge of YAML's grammar.</summary>
internal static class YamlFault
{
    private static readonly (string Complaint, string Words)[] Remedies =
    [
        ("did not find expected key", "expected 'key: value' here; is the indentation the same as that of the keys above?"),
        ("invalid mapping", "a second ': ' in one line; put the value in quotation marks if it contains one"),
        ("mapping values are not allowed", "a second ': ' in one line; put the value in quotation marks if it contains one"),
        ("expected ',' or ']'", "the list that '[' opens is not closed by ']'"),
        ("expected ',' or '}'", "the map that '{' opens is not closed by '}'"),
        ("unexpected end of stream", "a quotation mark is opened and never closed"),
        ("expected ':'", "expected ':' behind the key"),
        ("block sequence entries", "a '-' here begins a list; put the value in quotation marks if it is meant as a text"),
        ("block collection", "expected '- ' or a key here; is the indentation the same as that of the lines above?"),
    ];

    public static DefinitionError At(string file, YamlException fault, string text)
    {
        var line = Math.Max(1, (int)fault.Start.Line);
        var place = new SourceLocation(file, line, Math.Max(1, (int)fault.Start.Column));
        if (place.IsOption)
        {
            place = SourceLocation.Option(file);
        }
        else if (FirstTab(text, line, (int)fault.End.Line + 1) is var tab and > 0)
        {
            return new SourceLocation(file, tab, 1).Error("not valid YAML: indentation must be blanks, found a tab");
        }

        var message = fault.Message.Trim().TrimEnd('.');
        foreach (var (complaint, words) in Remedies)
        {
            if (message.Contains(complaint, StringComparison.OrdinalIgnoreCase))
            {
                return place.Error($"not valid YAML: {words}");
            }
        }

        return place.Error($"not valid YAML: {char.ToLowerInvariant(message[0])}{message[1..]}");
    }

    /// <summary>The first of these lines, counted from 1, that is indented by a tab; 0 for none.</summary>
    private static int FirstTab(string text, int from, int to)
    {
        var lines = text.Split('\n');
        for (var number = from; number <= Math.Min(to, lines.Length); number++)
        {
            var line = lines[number - 1];
            if (line.AsSpan(0, line.Length - line.AsSpan().TrimStart().Length).Contains('\t'))
            {
                return number;
            }
        }

        return 0;
    }
}
