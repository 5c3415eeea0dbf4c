using System.Text;

namespace StreamSegmenter.Host.Http;

/// <summary>An instrument's name and unit in Prometheus' conventions: snake_case, the base unit written out at the end, and
/// <c>_total</c> behind a counter. <c>process.cpu</c> in <c>s</c> becomes <c>process_cpu_seconds_total</c>.</summary>
/// <param name="Family">Without <c>_total</c>: what OpenMetrics calls the metric family.</param>
/// <param name="Unit">The unit at the end of the family's name; empty for counts.</param>
internal readonly record struct PrometheusName(string Family, string Unit)
{
    /// <param name="unit">As OpenTelemetry writes it: <c>s</c>, <c>By</c>, <c>1</c>, or an annotation such as
    /// <c>{event}</c>, which is for readers and leaves no trace.</param>
    public static PrometheusName Of(string name, string? unit)
    {
        var family = Sanitize(name, colonAllowed: true);
        var written = unit switch
        {
            null or "" => "",
            "s" => "seconds",
            "By" => "bytes",
            "1" => "ratio",
            ['{', ..] => "",
            _ => Sanitize(unit, colonAllowed: false),
        };
        return written.Length == 0 || family.EndsWith("_" + written, StringComparison.Ordinal)
            ? new(family, written)
            : new(family + "_" + written, written);
    }

    /// <summary>Letters, digits and underscores, no digit first; runs of anything else become one underscore.</summary>
    public static string Sanitize(string name, bool colonAllowed)
    {
        var text = new StringBuilder(name.Length + 1);
        foreach (var c in name)
        {
            if (char.IsAsciiLetterOrDigit(c) || c == '_' || (c == ':' && colonAllowed))
            {
                if (text.Length == 0 && char.IsAsciiDigit(c))
                {
                    text.Append('_');
                }

                text.Append(c);
            }
            else if (text.Length == 0 || text[^1] != '_')
            {
                text.Append('_');
            }
        }

        return text.Length == 0 ? "_" : text.ToString();
    }
}
