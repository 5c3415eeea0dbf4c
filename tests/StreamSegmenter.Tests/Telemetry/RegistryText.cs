using System.Text;
using Prometheus;

namespace StreamSegmenter.Tests.Telemetry;

internal static class RegistryText
{
    /// <summary>What prometheus-net writes of the registry.</summary>
    public static string Text(this CollectorRegistry registry, ExpositionFormat format = ExpositionFormat.PrometheusText)
    {
        using var text = new MemoryStream();
        registry.CollectAndExportAsTextAsync(text, format).GetAwaiter().GetResult();
        return Encoding.UTF8.GetString(text.ToArray());
    }
}
