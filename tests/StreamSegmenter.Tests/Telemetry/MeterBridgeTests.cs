using System.Diagnostics.Metrics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Prometheus;
using StreamSegmenter.Host.Http;

namespace StreamSegmenter.Tests.Telemetry;

public sealed class MeterBridgeTests : IDisposable
{
    private readonly Meter _meter = new("bridge-" + Guid.NewGuid());
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly MeterBridge _bridge;

    public MeterBridgeTests() => _bridge = new MeterBridge(_meter.Name, _registry);

    public void Dispose()
    {
        _bridge.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void Prometheus_text_of_every_kind_of_instrument() => Assert.Equal(
        """
        # HELP wait_seconds A histogram.
        # TYPE wait_seconds histogram
        wait_seconds_sum 7.25
        wait_seconds_count 3
        wait_seconds_bucket{le="0.5"} 1
        wait_seconds_bucket{le="1"} 2
        wait_seconds_bucket{le="+Inf"} 3
        # HELP http_bytes_total Bytes received.
        # TYPE http_bytes_total counter
        http_bytes_total{topic="a\\b\"c\nd",partition="3"} 12
        # HELP level A gauge.
        # TYPE level gauge
        level NaN
        level{side="left"} Infinity
        level{side="right"} -Infinity
        level{side="small"} 1e-05

        """, EveryKind(ExpositionFormat.PrometheusText));

    [Fact]
    public void OpenMetrics_of_every_kind_of_instrument() => Assert.Equal(
        """
        # HELP wait_seconds A histogram.
        # TYPE wait_seconds histogram
        wait_seconds_sum 7.25
        wait_seconds_count 3
        wait_seconds_bucket{le="0.5"} 1
        wait_seconds_bucket{le="1.0"} 2
        wait_seconds_bucket{le="+Inf"} 3
        # HELP http_bytes Bytes received.
        # TYPE http_bytes counter
        http_bytes_total{topic="a\\b\"c\nd",partition="3"} 12.0
        # HELP level A gauge.
        # TYPE level gauge
        level NaN
        level{side="left"} +Inf
        level{side="right"} -Inf
        level{side="small"} 1e-05
        # EOF

        """, EveryKind(ExpositionFormat.OpenMetricsText));

    [Fact]
    public void Every_text_in_a_label_is_read_back_as_it_was() => Prop.ForAll<NonNull<string>, double>((text, number) =>
    {
        // Lone surrogates have no UTF-8 form; they become U+FFFD, as everywhere in .NET.
        var label = WellFormed(text.Get);
        var sample = Assert.Single(Scrape(new Measurement<double>(number, Label("label", label))));
        return sample.Labels["label"] == label && sample.Value.Equals(number);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("\\")]
    [InlineData("\\n")]
    [InlineData("\n")]
    [InlineData("\"")]
    [InlineData("\\\"\n\\\\n\"")]
    [InlineData("Grüße 🛒")]
    public void Awkward_labels_are_read_back_as_they_were(string value) =>
        Assert.Equal(value, Assert.Single(Scrape(new Measurement<double>(1, Label("label", value)))).Labels["label"]);

    [Fact]
    public void A_series_that_is_no_longer_reported_vanishes_with_or_without_labels()
    {
        Measurement<long>[] reported = [new(1, Label("partition", 0)), new(2, Label("partition", 1)), new(3)];
        _meter.CreateObservableGauge("level", () => reported);
        _meter.CreateObservableCounter("events", () => reported);
        Assert.Equal(6, Scrape().Count);

        reported = [new(5, Label("partition", 1))];
        Assert.All(Scrape(), sample => Assert.Equal("1", Assert.Single(sample.Labels).Value));
        Assert.Equal(2, Scrape().Count);

        reported = [];
        Assert.Empty(Scrape());
    }

    [Fact]
    public void A_counter_that_vanished_and_returns_starts_anew()
    {
        Measurement<long>[] reported = [new(9, Label("partition", 0))];
        _meter.CreateObservableCounter("events", () => reported);
        Assert.Equal(9, Assert.Single(Scrape()).Value);
        reported = [];
        Assert.Empty(Scrape());
        reported = [new(2, Label("partition", 0))];
        Assert.Equal(2, Assert.Single(Scrape()).Value);
    }

    [Fact]
    public void An_instrument_that_throws_fails_the_scrape_and_the_next_one_is_whole()
    {
        var broken = true;
        Measurement<long>[] reported = [new(1, Label("partition", 0)), new(2, Label("partition", 1))];
        _meter.CreateObservableGauge("level", () => reported);
        _meter.CreateObservableGauge("broken", () => broken ? throw new InvalidOperationException("no figure") : 7L);
        Assert.Equal("no figure", Assert.Single(Assert.Throws<AggregateException>(_bridge.Collect).InnerExceptions).Message);

        broken = false;
        reported = [new(1, Label("partition", 0))];
        Assert.Equal(["level=1", "broken=7"], Scrape().Select(sample => $"{sample.Name}={sample.Value}"));
    }

    [Fact]
    public void An_instrument_of_another_kind_is_refused_when_it_is_created() =>
        Assert.Contains("hits: /metrics cannot show a Counter", Assert.Throws<NotSupportedException>(() => _meter.CreateCounter<int>("hits")).Message);

    [Fact]
    public void Instruments_of_another_meter_stay_out()
    {
        using var other = new Meter("another-" + Guid.NewGuid());
        other.CreateObservableGauge("level", () => 1L);
        Assert.Empty(Scrape());
    }

    private static KeyValuePair<string, object?> Label(string name, object value) => new(name, value);

    private static string WellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private List<Sample> Scrape()
    {
        _bridge.Collect();
        return _registry.Text() is { Length: > 0 } text ? ExpositionParser.Samples(text) : [];
    }

    /// <summary>What a registry of its own shows of one gauge.</summary>
    private static List<Sample> Scrape(Measurement<double> measurement)
    {
        using var meter = new Meter("bridge-" + Guid.NewGuid());
        var registry = Metrics.NewCustomRegistry();
        using var bridge = new MeterBridge(meter.Name, registry);
        meter.CreateObservableGauge("some.family", () => measurement);
        bridge.Collect();
        return ExpositionParser.Samples(registry.Text());
    }

    private string EveryKind(ExpositionFormat format)
    {
        _meter.CreateObservableCounter("http", () => new Measurement<long>(12, Label("topic", "a\\b\"c\nd"), Label("partition", 3)), "By", "Bytes received.");
        _meter.CreateObservableGauge(
            "level",
            () => new Measurement<double>[]
            {
                new(double.NaN), new(double.PositiveInfinity, Label("side", "left")),
                new(double.NegativeInfinity, Label("side", "right")), new(0.00001, Label("side", "small")),
            },
            null, "A gauge.");
        var wait = _meter.CreateHistogram(
            "wait", "s", "A histogram.", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        wait.Record(0.25);
        wait.Record(1);
        wait.Record(6);
        _bridge.Collect();
        return _registry.Text(format);
    }
}
