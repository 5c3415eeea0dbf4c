using System.Buffers;
using System.Globalization;
using System.Text;

namespace StreamSegmenter.Host.Http;

/// <summary>Writes one scrape. Both formats are lines of the same shape:
/// <code>
/// # HELP family text          once per family, before its samples
/// # TYPE family counter
/// # UNIT family seconds       OpenMetrics only
/// name{label="value",…} number
/// # EOF                       OpenMetrics only: a cut-off answer is told from a whole one
/// </code>
/// They differ in the family's name of a counter (OpenMetrics leaves <c>_total</c> to the sample), in the quotes of a help text, and in
/// how a bucket's bound is written. Lines end with a line feed; the text is UTF-8.</summary>
public sealed class ExpositionWriter(ExpositionFormat format)
{
    private readonly ArrayBufferWriter<byte> _buffer = new(32 * 1024);

    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    private bool IsOpenMetrics => format == ExpositionFormat.OpenMetrics;

    /// <param name="type"><c>counter</c>, <c>gauge</c> or <c>histogram</c>.</param>
    public void BeginFamily(PrometheusName name, string type, string help)
    {
        var family = type == "counter" && !IsOpenMetrics ? name.Family + "_total" : name.Family;
        Text("# HELP ").Text(family).Text(" ").Text(Escape(help, quotes: IsOpenMetrics)).Text("\n");
        Text("# TYPE ").Text(family).Text(" ").Text(type).Text("\n");
        if (IsOpenMetrics && name.Unit.Length > 0)
        {
            Text("# UNIT ").Text(family).Text(" ").Text(name.Unit).Text("\n");
        }
    }

    /// <summary>One sample; a bound makes it a histogram's bucket.</summary>
    /// <param name="suffix">What follows the family's name: empty, <c>_total</c>, <c>_bucket</c>, <c>_sum</c>, <c>_count</c>.</param>
    public void Sample(
        string family, string suffix, IEnumerable<KeyValuePair<string, object?>> labels, string number, double? bound = null)
    {
        Text(family).Text(suffix);
        var separator = "{";
        foreach (var (name, value) in labels)
        {
            Label(separator, PrometheusName.Sanitize(name, colonAllowed: false), Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
            separator = ",";
        }

        if (bound is { } le)
        {
            Label(separator, "le", Bound(le));
            separator = ",";
        }

        Text(separator == "{" ? " " : "} ").Text(number).Text("\n");
    }

    public void End()
    {
        if (IsOpenMetrics)
        {
            Text("# EOF\n");
        }
    }

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>The shortest text that reads back as the same number.</summary>
    public static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>Backslash and line feed, and the double quote where it would end the text.</summary>
    public static string Escape(string text, bool quotes)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }

    // OpenMetrics compares bounds as text and so prescribes one way of writing them: 1.0, not 1.
    private string Bound(double bound)
    {
        var text = Number(bound);
        return IsOpenMetrics && double.IsFinite(bound) && text.IndexOfAny(['.', 'E']) < 0 ? text + ".0" : text;
    }

    private void Label(string separator, string name, string value) =>
        Text(separator).Text(name).Text("=\"").Text(Escape(value, quotes: true)).Text("\"");

    private ExpositionWriter Text(string text)
    {
        Encoding.UTF8.GetBytes(text, _buffer);
        return this;
    }
}
