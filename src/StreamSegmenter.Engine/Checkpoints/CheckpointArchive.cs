using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Engine.Checkpoints;

/// <summary>What was found out about one checkpoint.</summary>
/// <param name="Path">Its manifest; where that is missing, its data.</param>
/// <param name="Partition">-1 where only the manifest could tell and does not.</param>
/// <param name="Fault">What is wrong; null: every byte of it verified.</param>
/// <param name="FaultOffset">The byte of the data file where it shows; null where it is not about a byte.</param>
internal sealed record CheckpointReport(
    string Path, string Changelog, int Partition, long Position, long CreatedMs, long Records, long Bytes, string? Fault, long? FaultOffset);

/// <summary>Looks at checkpoints on disk without a running engine, and beside one: it writes nothing.</summary>
internal static class CheckpointArchive
{
    private static readonly DiskFiles Files = new();

    /// <summary>Every checkpoint in a directory and below it, verified from the first byte to the last; newest first in each
    /// directory.</summary>
    /// <exception cref="IOException">A directory cannot be listed.</exception>
    public static IEnumerable<CheckpointReport> Verify(string directory)
    {
        foreach (var folder in Folders(directory))
        {
            var stored = StoredCheckpoint.List(folder, Files);
            foreach (var checkpoint in stored)
            {
                yield return Verify(checkpoint, (_, _) => { });
            }

            foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
            {
                if (StoredCheckpoint.TryNumberOf(path, out var number) && !stored.Any(checkpoint => checkpoint.Number == number))
                {
                    yield return new CheckpointReport(path, "", -1, 0, 0, 0, new FileInfo(path).Length, "it was never finished, or is being written: there is no manifest", null);
                }
            }
        }
    }

    /// <summary>Gives out the state of every shard as its newest checkpoint that verifies has it: twice read, first to verify.</summary>
    /// <param name="targetOf">By partition. A key may come more than once: the last one counts.</param>
    /// <returns>What was used; a shard of which nothing verifies is missing.</returns>
    /// <exception cref="IOException">The disk gave back something else the second time.</exception>
    public static IReadOnlyList<CheckpointReport> Read(string directory, Func<int, IRestoreTarget> targetOf)
    {
        var used = new List<CheckpointReport>();
        foreach (var folder in Folders(directory))
        {
            foreach (var checkpoint in StoredCheckpoint.List(folder, Files))
            {
                var report = Verify(checkpoint, (_, _) => { });
                if (report.Fault is null)
                {
                    var target = targetOf(report.Partition);
                    report = Verify(checkpoint, target.Apply);
                    used.Add(report.Fault is null ? report : throw new IOException($"'{report.Path}' cannot be read twice alike: {report.Fault}"));
                    break;
                }
            }
        }

        return used;
    }

    private static IEnumerable<string> Folders(string directory) =>
        [directory, .. Directory.EnumerateDirectories(directory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private static CheckpointReport Verify(StoredCheckpoint checkpoint, State.StateVisitor visit)
    {
        if (checkpoint.Manifest is not { } manifest)
        {
            return new CheckpointReport(checkpoint.ManifestPath, "", -1, 0, 0, 0, 0, checkpoint.Fault, null);
        }

        var report = new CheckpointReport(
            checkpoint.ManifestPath, manifest.Changelog, manifest.Partition, manifest.Position, manifest.CreatedMs, manifest.Records,
            manifest.Bytes, null, null);
        try
        {
            using var file = Files.OpenRead(checkpoint.DataPath);
            new CheckpointReader(file, manifest).Read(visit);
            return report;
        }
        catch (CheckpointDamagedException e)
        {
            return report with { Fault = e.Message, FaultOffset = e.Offset };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return report with { Fault = e.Message };
        }
    }
}
