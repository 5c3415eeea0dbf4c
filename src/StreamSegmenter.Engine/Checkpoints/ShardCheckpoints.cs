using StreamSegmenter.Engine.Options;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Engine.Telemetry;

namespace StreamSegmenter.Engine.Checkpoints;

/// <summary>What a checkpoint is a copy of.</summary>
/// <param name="Position">The changelog from here on tells what happened since.</param>
/// <param name="ShardRecord">The shard's own line as of then.</param>
internal readonly record struct CheckpointSource(CustomerStore Store, long Position, byte[] ShardRecord);

/// <summary>The checkpoints of one shard while it is here. Each is a fuzzy copy: the lane's thread walks the store's log in slices
/// between its polls and copies every record as it stands, committed since or not. That is sound because the changelog from the
/// position at the copy's start is applied to it in order: what the copy has too early is said again, what it missed is
/// said there. Failures are counted, reported and tried again; they never stop the
/// lane, but until one succeeds it is not ready.</summary>
internal sealed class ShardCheckpoints : IDisposable
{
    /// <summary>What FASTER and the index cost for a record of any size, in the same measure.</summary>
    private const int RecordBytes = 64;
    private const long RetryMs = 60_000;
    private static readonly TimeSpan WaitForWriter = TimeSpan.FromSeconds(2);

    private readonly CheckpointDirectory _directory;
    private readonly CheckpointOptions _options;
    private readonly TimeProvider _clock;
    private readonly LaneCounters _counters;
    private readonly ShardGauges _gauges;
    private readonly CheckpointManifest _template;
    private readonly Action<string> _report;
    private CheckpointWriter? _writer;
    private StoreSweep? _sweep;
    private long _startedAt;
    private long _positionOfLast = -1;
    private bool _isGivenUp;

    /// <param name="template">What all of this shard's have in common.</param>
    /// <param name="report">Receives a sentence about each failure.</param>
    public ShardCheckpoints(
        CheckpointDirectory directory, CheckpointOptions options, TimeProvider clock, LaneCounters counters, ShardGauges gauges,
        CheckpointManifest template, Action<string> report)
    {
        _directory = directory;
        _options = options;
        _clock = clock;
        _counters = counters;
        _gauges = gauges;
        _template = template;
        _report = report;
        DueMs = NowMs + (options.IntervalMs / 4);
    }

    /// <summary>When the next one should begin, processing time.</summary>
    public long DueMs { get; private set; }

    public bool IsRunning => _writer is not null;

    private long NowMs => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The shard was restored from this one.</summary>
    public void RestoredFrom(CheckpointManifest manifest)
    {
        _positionOfLast = manifest.Position;
        DueMs = Math.Min(NowMs + _options.IntervalMs, manifest.CreatedMs + _options.IntervalMs);
        _gauges.ReportCheckpoint(manifest.CreatedMs, manifest.Bytes);
    }

    /// <summary>Between two commits, when one is due and none is running.</summary>
    public void Start(CheckpointSource source)
    {
        var nowMs = NowMs;
        DueMs = nowMs + _options.IntervalMs;
        if (source.Position == 0 || (source.Position == _positionOfLast && nowMs - _gauges.CheckpointAtMs < _options.AgeMsMax / 2))
        {
            // Nothing was ever committed; or nothing since, and the last one is young enough to outlive another interval.
            return;
        }

        _startedAt = _clock.GetTimestamp();
        _isGivenUp = false;
        _writer = new CheckpointWriter(_directory, _template with { Position = source.Position, CreatedMs = nowMs });
        _writer.TryTake(out var block);
        block.Add(StateKey.ShardKey, source.ShardRecord);
        _writer.Send(block);
        _sweep = source.Store.BeginSweep();
    }

    /// <summary>One slice of the one that is running.</summary>
    /// <exception cref="StateDamagedException">The store's own file does not verify: the shard must be restored.</exception>
    public void Turn()
    {
        if (_sweep is not null)
        {
            Copy(_writer!, _sweep);
        }

        if (_writer!.Outcome.IsCompleted)
        {
            End(_writer.Outcome);
        }
        else if (!_isGivenUp && _clock.GetElapsedTime(_startedAt).TotalMilliseconds > _options.TimeoutMs)
        {
            // A disk that hangs cannot be interrupted: until it answers there is no other one.
            _isGivenUp = true;
            StopCopying();
            _writer.Cancel();
            Report($"it took longer than {_options.TimeoutMs / 1000} s and was given up");
        }
    }

    /// <summary>Gives up the one that is running; before the store closes.</summary>
    public void Abort()
    {
        StopCopying();
        _writer?.Cancel();
    }

    /// <summary>Leaves the directory to the shard's next owner; after the store closed.</summary>
    public void Dispose()
    {
        Abort();
        ReportTrouble(null);
        if (_writer is null || Task.WaitAny([_writer.Outcome], WaitForWriter) == 0)
        {
            _directory.Dispose();
            return;
        }

        // The disk hangs. The lane need not, but no other writer may use the directory meanwhile.
        _writer.Outcome.ContinueWith(_ => _directory.Dispose(), TaskScheduler.Default);
    }

    private void Copy(CheckpointWriter writer, StoreSweep sweep)
    {
        for (var seen = 0; seen < _options.SliceBytes && writer.TryTake(out var block);)
        {
            while (!block.IsFull && seen < _options.SliceBytes)
            {
                if (!sweep.MoveNext())
                {
                    writer.Send(block);
                    writer.Complete();
                    StopCopying();
                    return;
                }

                seen += RecordBytes + sweep.Key.Length + sweep.Value.Length;
                block.Add(sweep.Key, sweep.Value);
            }

            writer.Send(block);
        }
    }

    private void StopCopying()
    {
        _sweep?.Dispose();
        _sweep = null;
    }

    private void End(Task<CheckpointManifest> outcome)
    {
        StopCopying();
        _writer = null;
        if (outcome.IsCompletedSuccessfully)
        {
            var manifest = outcome.Result;
            _positionOfLast = manifest.Position;
            ReportTrouble(null);
            _gauges.ReportCheckpoint(manifest.CreatedMs, manifest.Bytes);
            _counters.RecordCheckpoint(_clock.GetElapsedTime(_startedAt).TotalSeconds);
        }
        else if (!_isGivenUp)
        {
            Report(outcome.Exception?.GetBaseException().Message ?? "it was cancelled");
        }
    }

    private void Report(string reason)
    {
        DueMs = NowMs + Math.Min(RetryMs, _options.IntervalMs);
        _counters.CheckpointsFailed++;
        ReportTrouble(reason);
        _report(
            $"partition {_template.Partition}: a checkpoint failed: {reason}. The state is safe in the changelog; the next attempt "
            + $"is in {Math.Min(RetryMs, _options.IntervalMs) / 1000} s.");
    }

    /// <summary>Nothing is lost yet, but a restart would take longer and longer: an operator must see to the disk.</summary>
    private void ReportTrouble(string? reason) =>
        _counters.Health.ReportTrouble($"the checkpoint of partition {_template.Partition}", reason);
}
