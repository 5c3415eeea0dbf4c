using System.Text;
using StreamSegmenter.Connectors.Files;
using StreamSegmenter.Definitions;
using StreamSegmenter.Engine.Lanes;
using StreamSegmenter.Engine.Options;
using StreamSegmenter.Engine.Outputs;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Connectors.Replay;

/// <summary>What a replay needs.</summary>
internal sealed record ReplayPlan
{
    public required StorefrontDefinitions Definitions { get; init; }

    /// <summary>The definitions' segments, compiled.</summary>
    public required SegmentProgram Segments { get; init; }

    /// <summary>Definitions that take over later, in their order.</summary>
    public IReadOnlyList<DefinitionVersion> Later { get; init; } = [];

    /// <summary>Operating limits. Those about a clock do not apply: a replay has none.</summary>
    public required EngineOptions Options { get; init; }

    /// <summary>In the order of <see cref="EngineOptions.Inputs"/>.</summary>
    public required IReadOnlyList<FileInput> Inputs { get; init; }

    /// <summary>Threads; the result does not depend on it.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>Virtual partitions.</summary>
    public int Shards { get; init; } = 8;

    /// <summary>At the end of the input the watermark moves to infinity instead of the largest event time.</summary>
    public bool Drain { get; init; }

    /// <summary>Events of this customer alone are folded, which changes nothing for the customer; the state at the end goes into
    /// the result. Null: all customers.</summary>
    public string? Customer { get; init; }

    /// <summary>Later events are not applied, and at the end the watermark moves to this instant, whether the inputs reach it or
    /// not. Null: the inputs' end.</summary>
    public long? UntilMs { get; init; }
}

/// <summary>Files in, results out: the same lanes, topology and state as against Kafka, with no broker and no clock.</summary>
internal sealed class ReplayRunner(ReplayPlan plan, TimeProvider clock)
{
    /// <summary>Never by time, so that the portions of the input alone decide what is done together.</summary>
    private const long CommitNeverMs = long.MaxValue;
    private const long WorkingSetBytes = 16L << 20;

    /// <summary>What happened so far, for a progress line; read it from any thread.</summary>
    public EngineTelemetry Telemetry { get; } = new(
        new TelemetryLabels(
            [.. plan.Options.Inputs.Select(input => input.Name)],
            [.. plan.Definitions.CartAbandonment.Select(rule => rule.Id)],
            plan.Segments.SegmentIds),
        clock, "StreamSegmenter.Replay");

    /// <summary>Events read so far; read it from any thread.</summary>
    public long EventsRead => Volatile.Read(ref _eventsRead);

    /// <summary>Largest event time read so far, epoch milliseconds; read it from any thread.</summary>
    public long EventTimeMaxMs => Volatile.Read(ref _eventTimeMaxMs);

    private readonly byte[]? _customer = plan.Customer is { } customer ? Encoding.UTF8.GetBytes(customer) : null;
    private readonly DefinitionVersions _versions = VersionsOf(plan);
    private readonly NameSample _others = new();
    private readonly UnseenNames _unseen = new(plan.Segments);
    private long _eventsRead;
    private long _eventTimeMaxMs = long.MinValue;

    /// <summary>Reads all inputs to their end.</summary>
    /// <exception cref="InputFileException">An input cannot be opened or read on.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public ReplayResult Run(CancellationToken cancellation)
    {
        using var reader = new ReplayReader(plan.Inputs, plan.UntilMs ?? long.MaxValue, plan.Options.MaxClockSkewMs);
        using var outputs = new EngineOutputs();
        using var failing = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var lanes = new ReplayLane[plan.Lanes];
        try
        {
            for (var i = 0; i < lanes.Length; i++)
            {
                lanes[i] = Start(i, outputs, failing);
            }

            Feed(reader, lanes, failing.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // A lane failed; joining it throws the reason.
        }
        catch
        {
            failing.Cancel();
            throw;
        }
        finally
        {
            foreach (var lane in lanes)
            {
                lane?.Join();
            }
        }

        var totals = new FoldTotals();
        foreach (var lane in lanes)
        {
            lane.ThrowIfFailed();
            totals.Add(lane.Lane.Totals);
        }

        var result = ReplayResult.Of([.. lanes.Select(lane => lane.Sink)], plan.Definitions, totals, reader, EndMs(reader)) with
        {
            NeverSeen = reader.Events > 0 ? _unseen.Names : [],
            Rules = [.. _versions.All.SelectMany(version => version.Definitions.CartAbandonment).Select(rule => rule.Id)],
            Segments = [.. _versions.All.SelectMany(version => version.Segments.SegmentIds)],
        };
        if (plan.Customer is { } customerId)
        {
            var found = lanes.Select(lane => lane.Lane.Find(customerId)).FirstOrDefault(record => record is not null);
            result = result with { Customer = found?.Bytes.ToArray(), OtherCustomers = _others.Names };
        }

        Array.ForEach(lanes, lane => lane.Dispose());
        Telemetry.Dispose();
        return result;
    }

    private static DefinitionVersions VersionsOf(ReplayPlan plan)
    {
        var versions = new DefinitionVersions(DefinitionVersion.OfFile(plan.Definitions, plan.Segments));
        foreach (var later in plan.Later)
        {
            versions.Add(later);
        }

        return versions;
    }

    private ReplayLane Start(int index, EngineOutputs outputs, CancellationTokenSource failing)
    {
        var shards = Enumerable.Range(0, plan.Shards).Where(shard => shard % plan.Lanes == index).ToArray();
        var source = new ReplayLaneSource(shards, plan.Inputs.Count);
        var sink = new ReplaySink();
        var options = plan.Options with
        {
            MaxClockSkewMs = null,
            CommitIntervalMs = CommitNeverMs,
            WorkingSetBytesMax = WorkingSetBytes,
            Exchange = null,
        };
        var lane = new Lane(new LaneDependencies
        {
            Index = index,
            Versions = _versions,
            Options = options,
            Counters = Telemetry.AddLane(),
            Outputs = outputs,
            Clock = clock,
            Source = source,
            Sink = sink,
        });
        return new ReplayLane(lane, source, sink, failing);
    }

    private void Feed(ReplayReader reader, ReplayLane[] lanes, CancellationToken cancellation)
    {
        while (reader.Read(plan.Shards))
        {
            Volatile.Write(ref _eventsRead, reader.Events);
            Volatile.Write(ref _eventTimeMaxMs, reader.EventTimeMaxMs);
            Deal(reader, lanes, null, cancellation);
        }

        reader.Portion.Clear();
        Deal(reader, lanes, EndMs(reader), cancellation);
    }

    /// <summary>What the watermark moves to at the end.</summary>
    private long EndMs(ReplayReader reader) =>
        plan.UntilMs ?? (plan.Drain ? long.MaxValue - 1 : Math.Max(reader.EventTimeMaxMs, long.MinValue + 1));

    private bool Takes(EventBatch events, in StorefrontEvent e)
    {
        if (e.EventTimeMs > plan.UntilMs)
        {
            return false;
        }

        var key = events.Text(in e, e.CustomerKey);
        if (_customer is null || key.SequenceEqual(_customer))
        {
            return true;
        }

        _others.Add(key);
        return false;
    }

    private void Deal(ReplayReader reader, ReplayLane[] lanes, long? endOfInputMs, CancellationToken cancellation)
    {
        var chunks = new ReplayChunk[lanes.Length];
        for (var i = 0; i < lanes.Length; i++)
        {
            chunks[i] = lanes[i].Source.Rent();
            chunks[i].Polled.EndOfInputMs = endOfInputMs;
            reader.Progress.CopyTo(chunks[i].Progress);
        }

        foreach (ref readonly var e in reader.Portion.Events.Events)
        {
            _unseen.Observe(in e, reader.Portion.Events);
            if (Takes(reader.Portion.Events, in e))
            {
                chunks[e.Partition % lanes.Length].Polled.Events.CopyFrom(reader.Portion.Events, in e);
            }
        }

        // Refused records have no customer; the lane of shard 0 takes them.
        chunks[0].Polled.Refused.AddRange(reader.Portion.Refused);
        chunks[0].Polled.RecordCount = reader.Portion.RecordCount;
        chunks[0].Polled.ByteCount = reader.Portion.ByteCount;
        for (var i = 0; i < lanes.Length; i++)
        {
            lanes[i].Source.Enqueue(chunks[i], cancellation);
        }
    }
}
