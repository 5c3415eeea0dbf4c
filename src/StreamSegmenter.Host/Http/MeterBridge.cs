using System.Diagnostics.Metrics;
using System.Globalization;
using Prometheus;

namespace StreamSegmenter.Host.Http;

/// <summary>Copies the measurements of one <see cref="Meter"/> into a prometheus-net registry, under Prometheus' names:
/// an observable counter becomes a counter, an observable gauge a gauge, a histogram a histogram with the buckets that it advises.
/// <para>Counters and gauges are read by <see cref="Collect"/>, and a series that its instrument no longer reports is removed by it. A histogram
/// receives only what is recorded while the bridge exists: create the bridge before the lanes run.</para></summary>
internal sealed class MeterBridge : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly IMetricFactory _factory;
    private readonly Lock _collecting = new();

    // Every series of a counter or gauge, with the round in which it was last reported. Bounded by what the instruments report in one round.
    private readonly Dictionary<ChildBase, long> _lastReported = [];
    private long _round;

    /// <exception cref="NotSupportedException">An instrument of the meter is of a kind that the bridge does not know.</exception>
    public MeterBridge(string meterName, CollectorRegistry registry)
    {
        _factory = Metrics.WithCustomRegistry(registry);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == meterName)
            {
                listener.EnableMeasurementEvents(instrument, FamilyOf(instrument));
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => ((Family)family!)(value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => ((Family)family!)(value, tags));
        _listener.Start();
    }

    /// <summary>Where the measurements of one instrument go.</summary>
    private delegate void Family(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags);

    /// <summary>Brings the registry's counters and gauges up to date. Callers in parallel wait for each other.</summary>
    /// <exception cref="AggregateException">An instrument threw; the series of the others are up to date.</exception>
    public void Collect()
    {
        lock (_collecting)
        {
            _round++;
            _listener.RecordObservableInstruments();
            foreach (var (series, round) in _lastReported)
            {
                if (round != _round)
                {
                    series.Remove();
                    _lastReported.Remove(series);
                }
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    private Family FamilyOf(Instrument instrument)
    {
        var name = PrometheusName.Of(instrument.Name, instrument.Unit).Family;
        var help = instrument.Description ?? "";
        // The factory returns the existing family of that name and those labels; it creates one for the first measurement only.
        return instrument switch
        {
            ObservableCounter<long> or ObservableCounter<double> => (value, tags) =>
                Reported(_factory.CreateCounter(name + "_total", help, Names(tags), Unpublished.Counter).WithLabels(Values(tags))).IncTo(value),
            ObservableGauge<long> or ObservableGauge<double> => (value, tags) =>
                Reported(_factory.CreateGauge(name, help, Names(tags), Unpublished.Gauge).WithLabels(Values(tags))).Set(value),
            Histogram<double> histogram => HistogramOf(histogram, name, help),
            _ => throw new NotSupportedException(
                $"{instrument.Name}: /metrics cannot show a {instrument.GetType().Name}; use an observable counter or gauge of long or double, or a histogram of double"),
        };
    }

    private Family HistogramOf(Histogram<double> histogram, string name, string help)
    {
        var buckets = new HistogramConfiguration { Buckets = histogram.Advice?.HistogramBucketBoundaries?.ToArray() };
        return (value, tags) => _factory.CreateHistogram(name, help, Names(tags), buckets).WithLabels(Values(tags)).Observe(value);
    }

    private T Reported<T>(T series)
        where T : ChildBase
    {
        _lastReported[series] = _round;
        return series;
    }

    private static string[] Names(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var names = new string[tags.Length];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = PrometheusName.Sanitize(tags[i].Key, colonAllowed: false);
        }

        return names;
    }

    private static string[] Values(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var values = new string[tags.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Convert.ToString(tags[i].Value, CultureInfo.InvariantCulture) ?? "";
        }

        return values;
    }

    // A series without labels would otherwise show 0 when its instrument reports nothing.
    private static class Unpublished
    {
        public static readonly CounterConfiguration Counter = new() { SuppressInitialValue = true };
        public static readonly GaugeConfiguration Gauge = new() { SuppressInitialValue = true };
    }
}
