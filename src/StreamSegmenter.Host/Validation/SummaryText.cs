using System.Text;
using StreamSegmenter.Host.Commands;

namespace StreamSegmenter.Host.Validation;

/// <summary>A readable page of headings and named rows. The texts of all rows begin in one column, behind the widest name.</summary>
internal sealed class SummaryText
{
    private const int NameWidthMin = 18;

    /// <summary>A name beyond this width pushes its own text aside only.</summary>
    private const int NameWidthMax = 32;

    private readonly List<(string? Name, string Text)> _lines = [];

    public void Line(string text) => _lines.Add((null, text));

    public void Heading(string title, string note = "")
    {
        Line("");
        Line(note.Length == 0 ? title : $"{title}: {note}");
    }

    public void Row(string name, string text) => _lines.Add((name, text));

    /// <summary>A row named by an instant, and what belongs to it on a line of its own.</summary>
    public void Instant(long timeMs, string text, string more = "")
    {
        var name = TimeText.Show(timeMs);
        Row(name, text);
        if (more.Length > 0)
        {
            Row(new string(' ', name.Length), more);
        }
    }

    /// <summary>One more line of the row above.</summary>
    public void More(string text) => Row("", text);

    public override string ToString()
    {
        var width = NameWidthMin;
        foreach (var (name, _) in _lines)
        {
            width = name is { Length: <= NameWidthMax } ? Math.Max(width, name.Length) : width;
        }

        var page = new StringBuilder();
        foreach (var (name, text) in _lines)
        {
            if (name is not null)
            {
                page.Append("  ").Append(name.PadRight(width)).Append(' ');
            }

            page.Append(text).Append('\n');
        }

        return page.ToString();
    }
}
