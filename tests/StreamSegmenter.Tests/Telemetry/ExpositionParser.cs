using System.Globalization;

namespace StreamSegmenter.Tests.Telemetry;

/// <summary>One line of a scrape that carries a number.</summary>
internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>A small, strict reader of both exposition formats: it throws at whatever their grammar does not allow.</summary>
internal sealed class ExpositionParser
{
    private readonly string _line;
    private int _at;

    private ExpositionParser(string line) => _line = line;

    public static List<Sample> Samples(string text) =>
        [.. Lines(text).Where(line => line[0] != '#').Select(line => new ExpositionParser(line).ReadSample())];

    /// <summary>Family to type, in order; a family declared twice is an error.</summary>
    public static Dictionary<string, string> Types(string text) => Comments(text, "TYPE");

    public static Dictionary<string, string> Helps(string text) => Comments(text, "HELP");

    public static Dictionary<string, string> Units(string text) => Comments(text, "UNIT");

    private static Dictionary<string, string> Comments(string text, string keyword)
    {
        var found = new Dictionary<string, string>();
        foreach (var line in Lines(text).Where(line => line.StartsWith($"# {keyword} ", StringComparison.Ordinal)))
        {
            var parts = line.Split(' ', 4);
            found.Add(parts[2], parts[3]);
        }

        return found;
    }

    private static string[] Lines(string text)
    {
        Assert.EndsWith("\n", text);
        return text[..^1].Split('\n');
    }

    private Sample ReadSample()
    {
        var name = ReadName();
        var labels = new Dictionary<string, string>();
        if (Peek == '{')
        {
            do
            {
                _at++;
                var label = ReadName();
                Expect('=');
                labels.Add(label, ReadQuoted());
            }
            while (Peek == ',');
            Expect('}');
        }

        Expect(' ');
        return new Sample(name, labels, ReadNumber(_line[_at..]));
    }

    private char Peek => _line[_at];

    private void Expect(char c) => Assert.Equal(c, _line[_at++]);

    private string ReadName()
    {
        var start = _at;
        while (char.IsAsciiLetterOrDigit(Peek) || Peek is '_' or ':')
        {
            _at++;
        }

        Assert.True(_at > start && !char.IsAsciiDigit(_line[start]), $"no name at {start} of: {_line}");
        return _line[start.._at];
    }

    private string ReadQuoted()
    {
        Expect('"');
        var value = new System.Text.StringBuilder();
        while (Peek != '"')
        {
            var c = _line[_at++];
            value.Append(c != '\\' ? c : _line[_at++] switch
            {
                'n' => '\n',
                '\\' => '\\',
                '"' => '"',
                var other => throw new FormatException($"unknown escape \\{other} in: {_line}"),
            });
        }

        _at++;
        return value.ToString();
    }

    private static double ReadNumber(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        "NaN" => double.NaN,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };
}
