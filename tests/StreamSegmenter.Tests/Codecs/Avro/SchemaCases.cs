using System.Globalization;

namespace StreamSegmenter.Tests.Codecs.Avro;

/// <summary>
/// Reads the canonical-form cases of other implementations. A line <c>&lt;&lt;NAME value</c> holds a value;
/// <c>&lt;&lt;NAME</c> alone opens one that runs over lines up to the line <c>NAME</c>. INPUT starts a case; canonical and
/// fingerprint belong to it. <c>//</c> and <c>#</c> start comments.
/// </summary>
internal static class SchemaCases
{
    public sealed record Case(string Input, string Canonical, long? Fingerprint);

    public static List<Case> Read(string path)
    {
        var cases = new List<Case>();
        using var lines = new StringReader(File.ReadAllText(path));
        while (lines.ReadLine() is { } line)
        {
            if (!line.StartsWith("<<", StringComparison.Ordinal))
            {
                continue;
            }

            int space = line.IndexOf(' ', StringComparison.Ordinal);
            string name = space < 0 ? line[2..] : line[2..space];
            string value = space < 0 ? ReadUntil(lines, name) : line[(space + 1)..];
            switch (name)
            {
                case "INPUT":
                    cases.Add(new Case(value, "", null));
                    break;
                case "canonical":
                    cases[^1] = cases[^1] with { Canonical = value };
                    break;
                case "fingerprint":
                    cases[^1] = cases[^1] with { Fingerprint = long.Parse(value, CultureInfo.InvariantCulture) };
                    break;
            }
        }

        return cases;
    }

    private static string ReadUntil(StringReader lines, string end)
    {
        var text = new System.Text.StringBuilder();
        while (lines.ReadLine() is { } line && line != end)
        {
            text.AppendLine(line);
        }

        return text.ToString();
    }
}
