using Prometheus;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Engine.Time;
using StreamSegmenter.Host.Http;
using StreamSegmenter.Testing.Runs;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Telemetry;

/// <summary>The telemetry of an engine with two lanes that has used every instrument.</summary>
internal sealed class BusyEngine : IDisposable
{
    private static int _count;

    private readonly MetricsRegistry _metrics;

    public BusyEngine()
    {
        var labels = new TelemetryLabels(["clicks", "orders"], ["abandoned-cart"], ["vip", "shoe-shopper"]);
        // Engines of other tests live in this process too; a name of its own keeps them apart.
        Telemetry = new EngineTelemetry(labels, new SteadyTime(Clock), $"StreamSegmenter.Test{Interlocked.Increment(ref _count)}");
        First = Telemetry.AddLane();
        Second = Telemetry.AddLane();
        _metrics = new MetricsRegistry(Telemetry.MeterName);
        Work(First, 0);
        Work(Second, 1);
    }

    public ManualTime Clock { get; } = new();

    public EngineTelemetry Telemetry { get; }

    public LaneCounters First { get; }

    public LaneCounters Second { get; }

    public string Scrape(ExpositionFormat format = ExpositionFormat.PrometheusText)
    {
        Assert.Null(_metrics.Collect());
        return _metrics.Registry.Text(format);
    }

    /// <summary>The value of the one sample with this name and all these labels.</summary>
    public double Value(string name, params (string Label, string Value)[] labels) => Find(name, labels).Value;

    public Sample Find(string name, params (string Label, string Value)[] labels) =>
        Assert.Single(All(name), sample => labels.All(label => sample.Labels[label.Label] == label.Value));

    public List<Sample> All(string name) => ExpositionParser.Samples(Scrape()).FindAll(sample => sample.Name == name);

    public void Dispose()
    {
        _metrics.Dispose();
        Telemetry.Dispose();
    }

    private void Work(LaneCounters lane, int partition)
    {
        lane.RecordsPolled += 120;
        lane.BytesPolled += 15_000;
        lane.EventsApplied[0] += 100;
        lane.EventsApplied[1] += 7;
        lane.EventsLate[0] += 3;
        lane.EventsTooLate[0]++;
        lane.EventsDuplicate[1] += 2;
        lane.DeadLettersUnreadable[0]++;
        lane.DeadLettersClockSkew[0] += 4;
        lane.DeadLettersStateFull[0] += 1;
        lane.TriggersEmitted[0] += 5;
        lane.RecordSuppressed(0, SuppressionReason.QuietHours);
        lane.MembershipEntered[1] += 9;
        lane.MembershipExited[1] += 4;
        lane.WorkingSetCustomers = 11;
        lane.WorkingSetBytes = 4_096;
        lane.PanesProvisional += 8;
        lane.PanesFinal += 2;
        lane.RecordsRestored += 50;
        lane.ChangelogRecords += 11;
        lane.RecordCommit(0.004, CommitStatus.Committed);
        lane.RecordCommit(0.2, CommitStatus.Aborted);
        lane.RecordCheckpoint(2.5);
        lane.CheckpointsFailed++;
        lane.StatesDamaged++;
        lane.Health.ReportReady();
        lane.Health.Heartbeat();
        var shard = lane.AddShard(partition);
        shard.WarmUntilMs = new Dictionary<string, long> { ["vip"] = 5_000 };
        shard.WatermarkMs = Clock.NowMs - 2_500;
        shard.Customers = 1_000 + partition;
        shard.ReorderEvents = 17;
        shard.SpillBytes = 64 << 20;
        shard.ReportCheckpoint(Clock.NowMs - 90_000, 123_456);
        shard.RestoreRemaining = 0;
        shard.Members[0] = 10;
        shard.Members[1] = 5;
        shard.SetLag(0, 40, Clock.NowMs - 1_500);
        shard.SetLag(1, 0, Clock.NowMs - 90_000);
        shard.SetPaused(0, true);
    }
}
