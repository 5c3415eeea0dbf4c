namespace StreamSegmenter.Runtime.Configuration.Nodes;

/// <summary>Lets a segment's condition be written as it is spoken of, <c>when: count(product_viewed, 7d, pane: 1h) >= 3</c>:
/// YAML takes a ": " inside an unquoted value for a second key. Before the parser sees such a line, the blank behind each
/// colon is replaced by a character that no text has; afterwards it is put back. So no column moves.</summary>
internal static class ConditionText
{
    private const string Key = "when: ";
    private const char Blank = '\uE000';

    public static string Protect(string yaml)
    {
        if (!yaml.Contains(Key, StringComparison.Ordinal))
        {
            return yaml;
        }

        var lines = yaml.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            lines[i] = ProtectLine(lines[i]);
        }

        return string.Join('\n', lines);
    }

    public static string Restore(string text) => text.Replace(Blank, ' ');

    private static string ProtectLine(string line)
    {
        var indent = line.Length - line.AsSpan().TrimStart("- ").Length;
        if (!line.AsSpan(indent).StartsWith(Key))
        {
            return line;
        }

        var start = indent + Key.Length;
        var value = line.AsSpan(start).TrimStart();
        var isPlain = value.Length > 0 && !"\"'>|[{&*#!".Contains(value[0]);
        return isPlain ? string.Concat(line.AsSpan(0, start), line[start..].Replace(": ", $":{Blank}", StringComparison.Ordinal)) : line;
    }
}
