using System.Diagnostics.Metrics;
using System.Globalization;
using StreamSegmenter.Engine.Telemetry;

namespace StreamSegmenter.Host.Running;

/// <summary>The few numbers that a progress line shows, read from the engine's own meter: what a person sees and what
/// <c>/metrics</c> serves cannot differ.</summary>
internal sealed class EngineFigures : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly IReadiness _readiness;
    private double _lagSeconds;
    private double _watermarkSeconds;

    public EngineFigures(EngineTelemetry telemetry)
    {
        _readiness = telemetry;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == telemetry.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument.Name, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Add(instrument.Name, value));
        _listener.Start();
    }

    public long Records { get; private set; }

    public long LagRecords { get; private set; }

    public long Triggers { get; private set; }

    public long MembershipChanges { get; private set; }

    public long DeadLetters { get; private set; }

    /// <summary>How far the slowest partition is behind, in seconds of event time.</summary>
    public double LagSeconds => _lagSeconds;

    /// <summary>The lowest watermark of all shards in seconds since 1970; null before there is one.</summary>
    public double? WatermarkSeconds => double.IsPositiveInfinity(_watermarkSeconds) ? null : _watermarkSeconds;

    /// <summary>Reads all of them anew. One thread at a time.</summary>
    public void Refresh()
    {
        (Records, LagRecords, Triggers, MembershipChanges, DeadLetters) = (0, 0, 0, 0, 0);
        (_lagSeconds, _watermarkSeconds) = (0, double.PositiveInfinity);
        _listener.RecordObservableInstruments();
    }

    /// <summary>Reads all of them anew, for a progress line.</summary>
    public ProgressFigures ReadProgress()
    {
        Refresh();
        var lag = string.Create(CultureInfo.InvariantCulture, $"{LagRecords:N0} records, {LagSeconds:N0} s");
        return new ProgressFigures(Records, WatermarkSeconds is { } seconds ? (long)(seconds * 1000) : null, lag, Triggers)
        {
            Trouble = _readiness.Components.FirstOrDefault(component => !component.Ready).Reason,
        };
    }

    public void Dispose() => _listener.Dispose();

    private void Add(string instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        switch (instrument)
        {
            case "streamsegmenter.polled.records":
                Records += value;
                break;
            case "streamsegmenter.consumer.lag.records":
                LagRecords += Math.Max(0, value);
                break;
            case "streamsegmenter.triggers" when IsEmitted(tags):
                Triggers += value;
                break;
            case "streamsegmenter.membership_changes":
                MembershipChanges += value;
                break;
            case "streamsegmenter.dead_letters":
                DeadLetters += value;
                break;
            default:
                break;
        }
    }

    private void Add(string instrument, double value)
    {
        if (instrument == "streamsegmenter.consumer.lag")
        {
            _lagSeconds = Math.Max(_lagSeconds, value);
        }
        else if (instrument == "streamsegmenter.watermark.timestamp")
        {
            _watermarkSeconds = Math.Min(_watermarkSeconds, value);
        }
    }

    private static bool IsEmitted(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (name, value) in tags)
        {
            if (name == "kind")
            {
                return value is "emitted";
            }
        }

        return true;
    }
}
