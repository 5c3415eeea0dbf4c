using System.Text;

namespace StreamSegmenter.Host.Commands;

/// <summary>A readable page of headings and named rows.</summary>
internal sealed class SummaryText
{
    private const int NameWidth = 18;

    private readonly StringBuilder _text = new();

    public void Line(string text) => _text.Append(text).Append('\n');

    public void Heading(string title, string note = "") =>
        _text.Append('\n').Append(title).Append(note.Length == 0 ? "" : $": {note}").Append('\n');

    public void Row(string name, string text) =>
        _text.Append("  ").Append(name.PadRight(NameWidth)).Append(' ').Append(text).Append('\n');

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

    public override string ToString() => _text.ToString();
}
