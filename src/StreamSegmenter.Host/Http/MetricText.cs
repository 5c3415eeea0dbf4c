using OpenTelemetry.Metrics;

namespace StreamSegmenter.Host.Http;

/// <summary>One aggregated metric as a family of samples.</summary>
internal static class MetricText
{
    public static void Write(ExpositionWriter writer, Metric metric)
    {
        var name = PrometheusName.Of(metric.Name, metric.Unit);
        var type = TypeOf(metric.MetricType);
        var begun = false;
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            // A family without samples (no shard assigned yet) is left out.
            if (!begun)
            {
                writer.BeginFamily(name, type, metric.Description);
                begun = true;
            }

            if (type == "histogram")
            {
                Histogram(writer, name.Family, in point);
            }
            else
            {
                writer.Sample(name.Family, type == "counter" ? "_total" : "", Labels(in point), Value(metric.MetricType, in point));
            }
        }
    }

    private static string TypeOf(MetricType type) => type switch
    {
        MetricType.LongSum or MetricType.DoubleSum => "counter",
        MetricType.LongGauge or MetricType.DoubleGauge or MetricType.LongSumNonMonotonic or MetricType.DoubleSumNonMonotonic => "gauge",
        MetricType.Histogram => "histogram",
        _ => throw new NotSupportedException($"an instrument aggregates to {type}, which the exporter cannot write; use a counter, gauge or histogram"),
    };

    private static string Value(MetricType type, in MetricPoint point) => type switch
    {
        MetricType.LongSum or MetricType.LongSumNonMonotonic => ExpositionWriter.Number(point.GetSumLong()),
        MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => ExpositionWriter.Number(point.GetSumDouble()),
        MetricType.LongGauge => ExpositionWriter.Number(point.GetGaugeLastValueLong()),
        _ => ExpositionWriter.Number(point.GetGaugeLastValueDouble()),
    };

    // OpenTelemetry counts each bucket alone, Prometheus everything up to its bound.
    private static void Histogram(ExpositionWriter writer, string family, in MetricPoint point)
    {
        var labels = Labels(in point);
        long below = 0;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            below += bucket.BucketCount;
            writer.Sample(family, "_bucket", labels, ExpositionWriter.Number(below), bucket.ExplicitBound);
        }

        writer.Sample(family, "_sum", labels, ExpositionWriter.Number(point.GetHistogramSum()));
        writer.Sample(family, "_count", labels, ExpositionWriter.Number(point.GetHistogramCount()));
    }

    private static List<KeyValuePair<string, object?>> Labels(in MetricPoint point)
    {
        var labels = new List<KeyValuePair<string, object?>>(point.Tags.Count);
        foreach (var tag in point.Tags)
        {
            labels.Add(tag);
        }

        return labels;
    }
}
