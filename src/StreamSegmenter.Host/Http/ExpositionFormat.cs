using Microsoft.Net.Http.Headers;

namespace StreamSegmenter.Host.Http;

/// <summary>The two texts in which <c>/metrics</c> answers.</summary>
public enum ExpositionFormat
{
    /// <summary>Prometheus' text format 0.0.4, which everything reads.</summary>
    PrometheusText,

    /// <summary>OpenMetrics 1.0.0.</summary>
    OpenMetrics,
}

public static class ExpositionFormats
{
    public const string PrometheusTextContentType = "text/plain; version=0.0.4; charset=utf-8";
    public const string OpenMetricsContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    public static string ContentType(this ExpositionFormat format) =>
        format == ExpositionFormat.OpenMetrics ? OpenMetricsContentType : PrometheusTextContentType;

    /// <summary>OpenMetrics for a client that names it and wants it at least as much as the text format; the text format
    /// for everyone else, also for a client that accepts neither: a readable answer serves it better than an error.</summary>
    public static ExpositionFormat Negotiate(IEnumerable<string?> acceptHeaders)
    {
        if (!MediaTypeHeaderValue.TryParseList([.. acceptHeaders.OfType<string>()], out var ranges))
        {
            return ExpositionFormat.PrometheusText;
        }

        var (openMetrics, named) = Quality(ranges, "application", "openmetrics-text", "1.0.0");
        var (text, _) = Quality(ranges, "text", "plain", "0.0.4");
        return named && openMetrics > 0 && openMetrics >= text ? ExpositionFormat.OpenMetrics : ExpositionFormat.PrometheusText;
    }

    // The most specific range decides, whatever its quality: "text/plain;q=0, */*" refuses text/plain.
    private static (double Quality, bool Named) Quality(
        IList<MediaTypeHeaderValue> ranges, string type, string subtype, string version)
    {
        var (best, quality) = (0, 0.0);
        foreach (var range in ranges)
        {
            var specificity = Specificity(range, type, subtype, version);
            var q = range.Quality ?? 1;
            if (specificity > best || (specificity == best && specificity > 0 && q > quality))
            {
                (best, quality) = (specificity, q);
            }
        }

        return (quality, best >= 3);
    }

    /// <summary>0: the range is about something else.</summary>
    private static int Specificity(MediaTypeHeaderValue range, string type, string subtype, string version)
    {
        if (range.MatchesAllTypes)
        {
            return 1;
        }

        if (!range.Type.Equals(type, StringComparison.OrdinalIgnoreCase))
        {
            return 0;
        }

        if (range.MatchesAllSubTypes)
        {
            return 2;
        }

        if (!range.SubType.Equals(subtype, StringComparison.OrdinalIgnoreCase))
        {
            return 0;
        }

        var wanted = NameValueHeaderValue.Find(range.Parameters, "version");
        if (wanted is null)
        {
            return 3;
        }

        return HeaderUtilities.RemoveQuotes(wanted.Value) == version ? 4 : 0;
    }
}
