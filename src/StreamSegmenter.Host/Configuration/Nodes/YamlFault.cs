using YamlDotNet.Core;

namespace StreamSegmenter.Host.Configuration.Nodes;

/// <summary>Turns the parser's complaints into words for someone who does not know YAML's grammar.</summary>
internal static class YamlFault
{
    public static string InWords(YamlException fault, string text)
    {
        var lines = text.Split('\n');
        var index = (int)Math.Clamp(fault.Start.Line - 1, 0, lines.Length - 1);
        var line = lines[index];
        if (line.Length > 0 && line.Length - line.TrimStart().Length is var indent && line[..indent].Contains('\t'))
        {
            return "not valid YAML: indentation must be blanks, found a tab";
        }

        return $"not valid YAML: {Remedy(fault.Message.Trim().TrimEnd('.'))}";
    }

    private static string Remedy(string message) => message switch
    {
        _ when message.Contains("did not find expected key", StringComparison.OrdinalIgnoreCase) =>
            "expected 'key: value' here; is the indentation the same as that of the keys above?",
        _ when message.Contains("mapping values are not allowed", StringComparison.OrdinalIgnoreCase) =>
            "a second ': ' in one line; put the value in quotation marks if it contains one",
        _ when message.Contains("did not find expected ',' or ']'", StringComparison.OrdinalIgnoreCase) =>
            "the list that '[' opens is not closed by ']'",
        _ when message.Contains("did not find expected ',' or '}'", StringComparison.OrdinalIgnoreCase) =>
            "the map that '{' opens is not closed by '}'",
        _ when message.Contains("unexpected end of stream", StringComparison.OrdinalIgnoreCase) =>
            "a quotation mark is opened and never closed",
        _ when message.Contains("could not find expected ':'", StringComparison.OrdinalIgnoreCase) =>
            "expected ':' behind the key",
        _ => char.ToLowerInvariant(message[0]) + message[1..],
    };
}
