using System.Globalization;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Lanes;
using StreamSegmenter.Engine.Outputs;
using StreamSegmenter.Engine.Reads;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Engine.Time;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Folding;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Reads;
using StreamSegmenter.Runtime.Versions;

namespace StreamSegmenter.Runtime;

/// <summary>The engine against Kafka: checks the topics, then runs its lanes, each on a thread of its own, until told to stop or
/// until one of them cannot go on; then all stop, each after a last commit, within the shutdown deadline.</summary>
internal sealed class KafkaEngine : IDisposable
{
    private static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BrokerRetryDelayMax = TimeSpan.FromSeconds(30);

    /// <summary>Leaving a group takes at most so long: the client waits no longer for the answer.</summary>
    private static readonly TimeSpan LeavingMax = TimeSpan.FromSeconds(5);

    private const string NothingLost = "Nothing is lost: the next start goes on from the last commit.";

    private readonly StreamSegmenterConfiguration _configuration;
    private KafkaSettings _settings;
    private int _shards;
    private readonly Action<string> _report;
    private readonly DefinitionVersions _versions;
    private readonly DefinitionFeed _feed;
    private RecordCodecs? _codecs;
    private readonly TimeProvider _time;
    private readonly SteadyTime _clock;
    private readonly Lock _adding = new();
    private FoldTotals _totals;

    public KafkaEngine(StreamSegmenterConfiguration configuration, TimeProvider time, Action<string> report)
    {
        _configuration = configuration;
        _settings = configuration.Kafka!;
        _versions = new DefinitionVersions(DefinitionVersion.OfFile(configuration.Definitions, configuration.Segments) with { Json = configuration.DefinitionsJson });
        _time = time;
        _report = report;
        Outputs.Report = report;
        _clock = new SteadyTime(time);
        _feed = new DefinitionFeed(configuration, _versions, _clock, sentence => report(configuration.Redactor.Redact(sentence)));
        Telemetry = new EngineTelemetry(
            new TelemetryLabels(
                [.. configuration.Inputs.Select(input => input.Topic!)],
                [.. configuration.Definitions.CartAbandonment.Select(rule => rule.Id)],
                configuration.Segments.SegmentIds),
            _clock)
        {
            CommitTimeout = TimeSpan.FromMilliseconds(_settings.CommitTimeoutMs),
            Versions = _versions,
        };
        Reads = new EngineReads(Telemetry, _clock);
    }

    public EngineTelemetry Telemetry { get; }

    public EngineOutputs Outputs { get; } = new();

    public DefinitionVersions Versions => _versions;

    /// <summary>Questions about committed state, from any thread.</summary>
    public EngineReads Reads { get; }

    /// <summary>What all lanes counted; complete once <see cref="RunAsync"/> returned.</summary>
    public FoldTotals Totals => _totals;

    /// <summary>A broker answered and the topics fit: there were lanes.</summary>
    public bool HasStarted { get; private set; }

    private TimeSpan Deadline => _configuration.Engine.ShutdownDeadline;

    /// <summary>Runs until told to stop, and within the deadline everything is committed and the group is left.</summary>
    /// <exception cref="EngineStoppedException">The topics do not fit, or a lane cannot go on, or the deadline passed first: says which
    /// and why.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var codecs = _codecs = new RecordCodecs(_configuration, _time);
        Telemetry.Mappings = codecs.MappingOf;
        var partitions = await PrepareTopicsAsync(stopping);
        if (partitions == 0)
        {
            return;
        }

        Telemetry.ReportStarting("the definitions' topic is being read");
        try
        {
            await _feed.StartAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return;
        }

        var lanes = Math.Min(_configuration.Engine.Lanes ?? Environment.ProcessorCount, partitions);
        _shards = partitions;
        if (partitions == 1)
        {
            _settings = _settings with { Outputs = _settings.Outputs with { Exchange = null } };
        }

        HasStarted = true;
        Reads.Partitions = partitions;
        using var failing = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var givingUp = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        var running = new Task<string?>[lanes];
        for (var i = 0; i < lanes; i++)
        {
            var index = i;
            var counters = Telemetry.AddLane();
            var reads = Reads.AddLane(counters);
            running[i] = Task.Factory.StartNew(
                () => RunLane(index, counters, reads, failing, givingUp.Token), CancellationToken.None, TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
        }

        var all = Task.WhenAll(running);
        await Task.WhenAny(all, Task.Delay(Timeout.InfiniteTimeSpan, _time, failing.Token));
        givingUp.CancelAfter(Deadline - Min(LeavingMax, Deadline / 4));
        if (await Task.WhenAny(all, Task.Delay(Deadline, _time, CancellationToken.None)) != all)
        {
            throw new EngineStoppedException(string.Create(
                CultureInfo.InvariantCulture,
                $"stopped at the deadline of {Deadline.TotalSeconds:0.#} s (engine.shutdownDeadline) with "
                + $"{running.Count(lane => !lane.IsCompleted)} of {running.Length} lanes still at it. {NothingLost}"));
        }

        var reasons = (await all).Where(reason => reason is not null).ToArray();
        if (reasons.Length > 0)
        {
            throw new EngineStoppedException(string.Join(Environment.NewLine, reasons));
        }
    }

    public void Dispose()
    {
        _feed.Dispose();
        Outputs.Complete();
        Telemetry.Dispose();
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <returns>The partitions of the inputs; 0 when told to stop before a broker answered.</returns>
    private async Task<int> PrepareTopicsAsync(CancellationToken stopping)
    {
        var setup = new TopicSetup(_settings)
        {
            CheckpointAgeMsMax = _configuration.Engine.Checkpoints?.AgeMsMax,
            Noticed = trouble => Telemetry.ReportStarting(_configuration.Redactor.Redact(trouble)),
        };
        Telemetry.ReportStarting(_configuration.Redactor.Redact($"no broker of '{_settings.BootstrapServers}' has answered yet"));
        for (var delay = TimeSpan.FromSeconds(1); !stopping.IsCancellationRequested; delay *= 2)
        {
            var asking = Task.Run(() => setup.Prepare(BrokerTimeout), CancellationToken.None);
            await Task.WhenAny(asking, Task.Delay(Timeout.InfiniteTimeSpan, _time, stopping));
            if (stopping.IsCancellationRequested)
            {
                return 0;
            }

            var report = await asking;
            if (report.Problems.Count == 0)
            {
                foreach (var warning in report.Warnings)
                {
                    _report(_configuration.Redactor.Redact(warning));
                }

                return report.Partitions;
            }

            var problems = string.Join(Environment.NewLine, report.Problems.Select(_configuration.Redactor.Redact));
            if (!report.Unreachable)
            {
                throw new EngineStoppedException(problems);
            }

            delay = delay < BrokerRetryDelayMax ? delay : BrokerRetryDelayMax;
            Telemetry.ReportStarting(problems);
            _report($"{problems} Trying again in {delay.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s.");
            await Task.Delay(delay, _time, stopping).ContinueWith(_ => { }, TaskScheduler.Default);
        }

        return 0;
    }

    private void Tell(LostRecords lost, LaneCounters counters)
    {
        counters.RecordsLost[lost.Input] += lost.Count;
        _report(string.Create(
            CultureInfo.InvariantCulture,
            $"topic '{lost.Topic}', partition {lost.Partition}: {lost.Count} records from offset {lost.Offset} on were deleted before "
            + $"they were read (retention); reading goes on at offset {lost.Offset + lost.Count}"));
    }

    private void Tell(int index, SilentClient client, string reason, LaneCounters counters)
    {
        counters.RecordClientReplacement(client.ToString().ToLowerInvariant());
        _report(_configuration.Redactor.Redact($"lane {index}: replaces a Kafka client: {reason}"));
    }

    private void Tell(int index, OpenTransaction open, LaneCounters counters)
    {
        counters.TransactionsEnded += open.Failure is null ? 1 : 0;
        var what = string.Create(
            CultureInfo.InvariantCulture,
            $"lane {index}: '{open.Writer}' left a transaction open in partition {open.Partition} of topic '{open.Topic}', which held up the restore");
        _report(_configuration.Redactor.Redact(
            what + (open.Failure is null ? ": aborted it" : $"; it could not be aborted ({open.Failure}), so the brokers will, after kafka.commitTimeout")));
    }

    /// <returns>Why the lane could not go on; null when it was told to stop.</returns>
    private string? RunLane(int index, LaneCounters counters, LaneReads reads, CancellationTokenSource failing, CancellationToken givingUp)
    {
        string? reason = null;
        try
        {
            CommitOutcome outcome;
            var clients = new LaneClients(_settings, _clock);
            while (!TryServe(index, counters, reads, clients, failing.Token, givingUp, out outcome))
            {
                failing.Token.WaitHandle.WaitOne(clients.RetryDelay);
                failing.Token.ThrowIfCancellationRequested();
            }

            reason = outcome.Status switch
            {
                CommitStatus.Committed => null,
                CommitStatus.Aborted => $"lane {index} stopped without its last commit: {outcome.Reason}. {NothingLost}",
                _ => $"lane {index} stopped: {outcome.Reason}",
            };
        }
        catch (OperationCanceledException) when (failing.IsCancellationRequested)
        {
            // Told to stop while it restored a shard, or waited for its name.
        }
        catch (Exception e)
        {
            var why = e is OutOfMemoryException
                ? $"there is not enough memory. Give the process more, or lower engine.stateMemory, engine.workingSet or engine.lanes. {NothingLost}"
                : e.Message;
            reason = $"lane {index} stopped: {why}";
            counters.Health.ReportStopped(e.Message);
        }

        if (reason is not null)
        {
            failing.Cancel();
        }

        return reason is null ? null : _configuration.Redactor.Redact(reason);
    }

    /// <summary>Who comes last has a name, as in the classic protocol: whoever has it is dead as a rule, or was started by mistake.</summary>
    private void AwaitName(int index, InstanceHeldException held, LaneCounters counters, LaneClients clients, CancellationToken stopping)
    {
        _report($"lane {index}: {held.Message}");
        counters.Health.ReportNotReady(held.Message);
        if (!held.IsFenced && clients.NameIsHeld(held.WasMember))
        {
            var refusal = InstanceName.TakeOver(_settings, index, _clock, stopping);
            _report(_configuration.Redactor.Redact(refusal is null ? $"lane {index}: took the name over" : $"lane {index}: the name cannot be taken over: {refusal}"));
            if (refusal is null)
            {
                clients.HasName();
            }
        }
    }

    /// <summary>A lane from its first poll to its end.</summary>
    /// <returns>False: another must be made in its place, since the group does not let it in under its name yet, or a client hears nothing.</returns>
    private bool TryServe(
        int index, LaneCounters counters, LaneReads reads, LaneClients clients, CancellationToken stopping, CancellationToken givingUp, out CommitOutcome outcome)
    {
        var decoders = _configuration.Inputs.Select(_codecs!.NewDecoder).ToArray();
        using var kafka = new KafkaLane(
            clients.Begin(), index, decoders, _codecs!.NewEncoder(), _clock, lost: lost => Tell(lost, counters),
            replaced: reason => Tell(index, SilentClient.Producer, reason, counters), ended: open => Tell(index, open, counters));
        counters.Health.WatchConnection(() => kafka.Status.Trouble);
        var options = EngineSetup.OptionsOf(_configuration, _configuration.Inputs.Select(input => input.Topic!)) with
        {
            Checkpoints = _configuration.Engine.Checkpoints,
            Exchange = _configuration.Engine.Limits.Exchange! with { Shards = _shards, IsTransactional = _settings.Delivery == DeliveryMode.ExactlyOnce },
        };
        using var lane = new Lane(new LaneDependencies
        {
            Index = index,
            Versions = _versions,
            Options = options,
            Counters = counters,
            Outputs = Outputs,
            Clock = _clock,
            Source = kafka.Source,
            Sink = kafka.Sink,
            Handover = clients.Handover,
            Reads = reads,
            Report = sentence => _report(_configuration.Redactor.Redact(sentence)),
        });
        try
        {
            outcome = lane.Run(stopping, givingUp);
            return true;
        }
        catch (InstanceHeldException e) when (!e.IsFenced || clients.WereFenced())
        {
            AwaitName(index, e, counters, clients, stopping);
            outcome = default;
            return false;
        }
        catch (WedgedClientException e)
        {
            counters.Health.ReportNotReady("its Kafka client is being replaced: " + e.Message);
            Tell(index, e.Client, e.Beliefs.Length == 0 ? e.Message : $"{e.Message}. It believed: {e.Beliefs}", counters);
            kafka.Abandon();
            clients.WereWedged();
            outcome = new CommitOutcome(CommitStatus.Aborted, e.Message);
            return stopping.IsCancellationRequested;
        }
        finally
        {
            reads.RefuseAll("the lane begins anew");
            lock (_adding)
            {
                _totals.Add(lane.Totals);
            }
        }
    }
}
