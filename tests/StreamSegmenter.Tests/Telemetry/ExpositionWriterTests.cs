using System.Text;
using FsCheck;
using FsCheck.Fluent;
using StreamSegmenter.Host.Http;

namespace StreamSegmenter.Tests.Telemetry;

public sealed class ExpositionWriterTests
{
    private static readonly KeyValuePair<string, object?>[] None = [];

    [Fact]
    public void Prometheus_text_of_every_kind_of_family() => Assert.Equal(
        """
        # HELP http_bytes_total Bytes with a \\ and\na line "feed".
        # TYPE http_bytes_total counter
        http_bytes_total{topic="a\\b\"c\nd",partition="3"} 12
        # HELP level A gauge.
        # TYPE level gauge
        level NaN
        level{side="left"} +Inf
        level{side="right"} -Inf
        level{side="small"} 1E-05
        # HELP wait_seconds A histogram.
        # TYPE wait_seconds histogram
        wait_seconds_bucket{le="0.5"} 1
        wait_seconds_bucket{le="1"} 2
        wait_seconds_bucket{le="+Inf"} 3
        wait_seconds_sum 7.25
        wait_seconds_count 3

        """, EveryKind(ExpositionFormat.PrometheusText));

    [Fact]
    public void OpenMetrics_of_every_kind_of_family() => Assert.Equal(
        """
        # HELP http_bytes Bytes with a \\ and\na line \"feed\".
        # TYPE http_bytes counter
        # UNIT http_bytes bytes
        http_bytes_total{topic="a\\b\"c\nd",partition="3"} 12
        # HELP level A gauge.
        # TYPE level gauge
        level NaN
        level{side="left"} +Inf
        level{side="right"} -Inf
        level{side="small"} 1E-05
        # HELP wait_seconds A histogram.
        # TYPE wait_seconds histogram
        # UNIT wait_seconds seconds
        wait_seconds_bucket{le="0.5"} 1
        wait_seconds_bucket{le="1.0"} 2
        wait_seconds_bucket{le="+Inf"} 3
        wait_seconds_sum 7.25
        wait_seconds_count 3
        # EOF

        """, EveryKind(ExpositionFormat.OpenMetrics));

    [Fact]
    public void Whatever_a_label_holds_is_read_back_as_it_was()
    {
        Prop.ForAll<NonNull<string>, NonNull<string>, double>((first, second, number) =>
        {
            // Lone surrogates have no UTF-8 form; they become U+FFFD, as everywhere in .NET.
            var (a, b) = (WellFormed(first.Get), WellFormed(second.Get));
            var writer = new ExpositionWriter(ExpositionFormat.PrometheusText);
            writer.BeginFamily(PrometheusName.Of("some.family", null), "gauge", a);
            writer.Sample("some_family", "", [new("a", a), new("b", b)], ExpositionWriter.Number(number));
            var sample = Assert.Single(ExpositionParser.Samples(Text(writer)));
            return sample.Labels["a"] == a && sample.Labels["b"] == b && sample.Value.Equals(number);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("")]
    [InlineData("\\")]
    [InlineData("\\n")]
    [InlineData("\n")]
    [InlineData("\"")]
    [InlineData("\\\"\n\\\\n\"")]
    [InlineData("Grüße 🛒")]
    public void The_awkward_labels_too(string value)
    {
        var writer = new ExpositionWriter(ExpositionFormat.OpenMetrics);
        writer.Sample("x", "", [new("label", value)], "1");
        Assert.Equal(value, Assert.Single(ExpositionParser.Samples(Text(writer))).Labels["label"]);
    }

    private static string EveryKind(ExpositionFormat format)
    {
        var writer = new ExpositionWriter(format);
        writer.BeginFamily(PrometheusName.Of("http", "By"), "counter", "Bytes with a \\ and\na line \"feed\".");
        writer.Sample("http_bytes", "_total", [new("topic", "a\\b\"c\nd"), new("partition", 3)], ExpositionWriter.Number(12L));
        writer.BeginFamily(PrometheusName.Of("level", null), "gauge", "A gauge.");
        writer.Sample("level", "", None, ExpositionWriter.Number(double.NaN));
        writer.Sample("level", "", [new("side", "left")], ExpositionWriter.Number(double.PositiveInfinity));
        writer.Sample("level", "", [new("side", "right")], ExpositionWriter.Number(double.NegativeInfinity));
        writer.Sample("level", "", [new("side", "small")], ExpositionWriter.Number(0.00001));
        writer.BeginFamily(PrometheusName.Of("wait", "s"), "histogram", "A histogram.");
        writer.Sample("wait_seconds", "_bucket", None, "1", 0.5);
        writer.Sample("wait_seconds", "_bucket", None, "2", 1);
        writer.Sample("wait_seconds", "_bucket", None, "3", double.PositiveInfinity);
        writer.Sample("wait_seconds", "_sum", None, ExpositionWriter.Number(7.25));
        writer.Sample("wait_seconds", "_count", None, ExpositionWriter.Number(3L));
        writer.End();
        return Text(writer);
    }

    private static string Text(ExpositionWriter writer) => Encoding.UTF8.GetString(writer.Written.Span);

    private static string WellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
