using StreamSegmenter.Engine.Checkpoints;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Engine.Versions;

namespace StreamSegmenter.Engine.Lanes;

/// <summary>Builds a shard that may serve. The newest checkpoint that verifies and is young enough, then the changelog from its
/// position on; without one the whole changelog. What is damaged is as good as not there: it costs time, never state.</summary>
internal sealed class ShardRestorer(LaneDependencies parts, LaneContext lane, string temporaryDirectory)
{
    private const int AttemptsMax = 3;
    private const int ClaimsMax = 100;
    private const int RecordsPerReport = 16 * 1024;
    private const long ClockErrorMsMax = 60_000;
    private static readonly TimeSpan VersionAgainAfter = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ClaimAgainAfter = TimeSpan.FromMilliseconds(100);

    /// <exception cref="ChangelogLostException">The changelog does not hold what the checkpoint needs: nothing may be served.</exception>
    /// <exception cref="ChangelogTakenException">The changelog is another group's.</exception>
    /// <exception cref="UnknownVersionException">The shard is under definitions that this process does not know.</exception>
    /// <exception cref="IOException">The state directory cannot be used.</exception>
    /// <exception cref="OperationCanceledException">The lane is stopping.</exception>
    public Shard Restore(int partition, ShardGauges gauges, CancellationToken stopping)
    {
        lane.Counters.Health.ReportNotReady($"partition {partition} is being restored");
        var directory = parts.Options.Checkpoints is null ? null : Claim(partition, stopping);
        try
        {
            var changelogId = directory is null ? "" : parts.Sink.ChangelogId(stopping);
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return Attempt(partition, gauges, directory, changelogId, stopping);
                }
                catch (StateDamagedException e) when (attempt < AttemptsMax)
                {
                    lane.Counters.StatesDamaged++;
                    Report(partition, $"what was spilled while it was restored does not verify, so it is restored again: {e.Message}");
                }
            }
        }
        catch
        {
            directory?.Dispose();
            throw;
        }
    }

    private Shard Attempt(
        int partition, ShardGauges gauges, CheckpointDirectory? directory, string changelogId, CancellationToken stopping)
    {
        var progress = new RestoreProgress(lane.Counters, gauges, parts.Clock);
        RestoredShard? restored = null;
        CheckpointManifest? manifest = null;
        try
        {
            foreach (var checkpoint in directory?.List() ?? [])
            {
                if (TryUse(checkpoint, directory!, changelogId))
                {
                    restored = NewShard(partition, progress, directory);
                    if (TryLoad(checkpoint, directory!, restored, progress, stopping))
                    {
                        manifest = checkpoint.Manifest;
                        break;
                    }

                    restored.Store.Dispose();
                    restored = null;
                }
            }

            restored ??= NewShard(partition, progress, directory);
            parts.Sink.Restore(partition, manifest?.Position ?? 0, restored, stopping);
            ThrowIfOfAnotherGroup(partition, restored.Record);
            AwaitVersion(partition, restored.Record, stopping);
            return new Shard(partition, lane, gauges, restored, Checkpoints(partition, gauges, directory, changelogId, manifest));
        }
        catch
        {
            restored?.Store.Dispose();
            throw;
        }
    }

    private void ThrowIfOfAnotherGroup(int partition, ShardRecord? record)
    {
        var options = parts.Options;
        if (record is { Group.Length: > 0 } && options.Group.Length > 0 && record.Group != options.Group && record.Group != options.PreviousGroup)
        {
            throw new ChangelogTakenException(partition, record.Group, options.Group);
        }
    }

    /// <summary>The shard's last owner may have read of a version that this process has not heard of yet.</summary>
    private void AwaitVersion(int partition, ShardRecord? record, CancellationToken stopping)
    {
        for (var attempt = 0; lane.VersionIndexOf(record) < 0; attempt++)
        {
            var id = record!.Definitions!.Id;
            if (attempt == parts.VersionAttemptsMax)
            {
                throw new UnknownVersionException(partition, id, parts.Versions);
            }

            lane.Counters.Health.ReportNotReady($"partition {partition} waits for version '{id}' of the definitions");
            stopping.WaitHandle.WaitOne(VersionAgainAfter);
            stopping.ThrowIfCancellationRequested();
        }
    }

    private ShardCheckpoints? Checkpoints(
        int partition, ShardGauges gauges, CheckpointDirectory? directory, string changelogId, CheckpointManifest? restoredFrom)
    {
        if (directory is null)
        {
            return null;
        }

        var options = parts.Options.Checkpoints!;
        var template = new CheckpointManifest(
            options.Changelog, partition, 0, 0, "", 0, Crc32C.None, 0, lane.FoldOf(lane.Versions.Latest).Layout.Hash,
            [.. parts.Options.Inputs.Select(input => input.Name)])
        {
            ChangelogId = changelogId,
        };
        var checkpoints = new ShardCheckpoints(
            directory, options, parts.Clock, lane.Counters, gauges, template, sentence => parts.Report?.Invoke(sentence));
        if (restoredFrom is not null)
        {
            checkpoints.RestoredFrom(restoredFrom);
        }

        return checkpoints;
    }

    /// <summary>Whether the manifest alone allows it. What never can be used again is removed.</summary>
    private bool TryUse(StoredCheckpoint checkpoint, CheckpointDirectory directory, string changelogId)
    {
        var options = parts.Options.Checkpoints!;
        if (checkpoint.Manifest is not { } manifest)
        {
            Report(checkpoint, checkpoint.Fault!);
            return false;
        }

        if (manifest.Changelog != options.Changelog || CheckpointDirectory.LocationOf(parts.Options.StateDirectory!, manifest.Partition) != directory.Location)
        {
            Report(checkpoint, $"it is of partition {manifest.Partition} of changelog '{manifest.Changelog}'");
            return false;
        }

        // Its position may lie inside the new topic all the same, and mean something else there.
        if (manifest.ChangelogId.Length > 0 && manifest.ChangelogId != changelogId)
        {
            var present = changelogId.Length > 0 ? $"the topic is now '{changelogId}': it was made again" : "the brokers no longer say which that is";
            Report(checkpoint, $"it goes with the changelog '{manifest.Changelog}' of id '{manifest.ChangelogId}', and {present}");
            return false;
        }

        var ageMs = lane.NowMs() - manifest.CreatedMs;
        if (ageMs >= -ClockErrorMsMax && ageMs <= options.AgeMsMax)
        {
            return true;
        }

        // What was deleted since may be forgotten by the changelog already: it would come back to life.
        Report(checkpoint, ageMs < 0 ? "it was written in the future, so its age is unknown" : $"it is {ageMs / 1000} s old, {options.AgeMsMax / 1000} s are allowed");
        directory.Remove(checkpoint.Number);
        return false;
    }

    /// <returns>False: what was put into the shard is not to be used.</returns>
    private bool TryLoad(
        StoredCheckpoint checkpoint, CheckpointDirectory directory, RestoredShard restored, RestoreProgress progress,
        CancellationToken stopping)
    {
        var manifest = checkpoint.Manifest!;
        long loaded = 0;
        try
        {
            using var file = directory.Files.OpenRead(checkpoint.DataPath);
            new CheckpointReader(file, manifest).Read((key, value) =>
            {
                restored.Put(key, value);
                if (++loaded % RecordsPerReport == 0)
                {
                    stopping.ThrowIfCancellationRequested();
                    progress.Loaded(manifest.Records - loaded);
                }
            });
            if (restored.Record is not null)
            {
                return true;
            }

            Report(checkpoint, "it has no record of the shard itself");
        }
        catch (CheckpointDamagedException e)
        {
            Report(checkpoint, $"at byte {e.Offset}: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Report(checkpoint, e.Message);
        }

        return false;
    }

    private RestoredShard NewShard(int partition, RestoreProgress progress, CheckpointDirectory? directory)
    {
        var location = directory?.SpillLocation ?? CheckpointDirectory.LocationOf(temporaryDirectory, partition);
        var vitals = lane.Counters.Health;
        var store = parts.LendStore?.Invoke() ?? new CustomerStore(
            location, StoreMemoryBytes(), parts.CreateSpillFile, reason => vitals.ReportStall($"the state of partition {partition}", reason));
        return new RestoredShard(store, lane.FoldOf(lane.Versions.First).Layout, lane.Counters, progress);
    }

    private CheckpointDirectory Claim(int partition, CancellationToken stopping)
    {
        var location = CheckpointDirectory.LocationOf(parts.Options.StateDirectory!, partition);
        for (var claim = 0; claim < ClaimsMax; claim++)
        {
            if (CheckpointDirectory.TryClaim(location, parts.CheckpointFiles) is { } directory)
            {
                return directory;
            }

            // Most likely the lane that had the shard before is about to leave it.
            stopping.WaitHandle.WaitOne(ClaimAgainAfter);
            stopping.ThrowIfCancellationRequested();
        }

        throw new IOException(
            $"'{location}' is in use by another process or lane. Give every instance an 'engine.stateDirectory' of its own; if none "
            + "runs, see who holds the file 'lock' in it.");
    }

    private void Report(StoredCheckpoint checkpoint, string why) =>
        parts.Report?.Invoke($"checkpoint '{checkpoint.ManifestPath}' is not used: {why}. An older one or the changelog is.");

    private void Report(int partition, string what) => parts.Report?.Invoke($"partition {partition}: {what}");

    /// <summary>A shard's part of the lane's memory: as if the lane held eight, so that a few more still fit.</summary>
    private long StoreMemoryBytes() => parts.Options.StateMemoryBytes / 8;
}
