using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Host.Running;

/// <summary>What <c>run</c> reports while it runs, one entry a line, on standard error: plain sentences for a person at a terminal, or entries with
/// time, level and category for what collects logs. Any thread may write.</summary>
internal sealed class RunLog(Terminal terminal, LogFormat format)
{
    private readonly LogFormat _format = format != LogFormat.Auto ? format : terminal.IsWatched ? LogFormat.Text : LogFormat.Logfmt;
    private readonly Lock _writing = new();

    /// <summary>A person reads along: progress may be shown in place.</summary>
    public bool IsForPerson => _format == LogFormat.Text && terminal.IsWatched;

    public void Info(string category, string message) => Write("info", category, message);

    /// <summary>Something that passes by itself, or that should be looked at some time.</summary>
    public void Warn(string category, string message) => Write("warn", category, message);

    /// <summary>The reason why the process ends.</summary>
    public void Error(string category, string message) => Write("error", category, message);

    private void Write(string level, string category, string message)
    {
        var entry = _format switch
        {
            LogFormat.Text => message,
            LogFormat.Json => JsonEntry(level, category, message),
            _ => $"time={Time()} level={level} category={category} msg={Quoted(message)}",
        };
        lock (_writing)
        {
            terminal.Report(entry);
        }
    }

    private string JsonEntry(string level, string category, string message)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("time", Time());
            json.WriteString("level", level);
            json.WriteString("category", category);
            json.WriteString("msg", message);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private string Time() => terminal.Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    // As Go's %q, which the readers of logfmt expect: everything stays on one line.
    private static string Quoted(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                < ' ' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
