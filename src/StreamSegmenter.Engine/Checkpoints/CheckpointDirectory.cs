using System.Globalization;

namespace StreamSegmenter.Engine.Checkpoints;

/// <summary>A shard's directory in the state directory: its checkpoints, and the folder into which its store spills. While this
/// exists it is the only one: a lock file keeps other lanes and other processes out.</summary>
internal sealed class CheckpointDirectory : IDisposable
{
    private readonly IDisposable _lock;

    private CheckpointDirectory(string path, ICheckpointFiles files, IDisposable locked)
    {
        Location = path;
        Files = files;
        _lock = locked;
    }

    public string Location { get; }

    public string SpillLocation => Path.Combine(Location, "spill");

    public ICheckpointFiles Files { get; }

    public static string LocationOf(string stateDirectory, int partition) =>
        Path.Combine(stateDirectory, "shard-" + partition.ToString(CultureInfo.InvariantCulture));

    /// <summary>Takes the directory, which is made when missing, and clears it of what was never finished.</summary>
    /// <returns>Null: another lane or process has it.</returns>
    /// <exception cref="IOException">It cannot be made or written.</exception>
    public static CheckpointDirectory? TryClaim(string path, ICheckpointFiles files)
    {
        if (files.TryLock(path) is not { } locked)
        {
            return null;
        }

        var directory = new CheckpointDirectory(path, files, locked);
        if (Directory.Exists(directory.SpillLocation))
        {
            // Of an owner that was killed: a store's files are worth nothing without its memory.
            Directory.Delete(directory.SpillLocation, recursive: true);
        }

        directory.RemoveAllBut(directory.List().Select(checkpoint => checkpoint.Number).ToHashSet());
        return directory;
    }

    public IReadOnlyList<StoredCheckpoint> List() => StoredCheckpoint.List(Location, Files);

    /// <summary>Of a new checkpoint: above all that were ever there, finished or not.</summary>
    public long NextNumber()
    {
        long last = 0;
        foreach (var path in Files.List(Location))
        {
            last = StoredCheckpoint.TryNumberOf(path, out var number) ? Math.Max(last, number) : last;
        }

        return last + 1;
    }

    /// <summary>Leaves this one, which has just been verified, and the newest before it.</summary>
    public void KeepTwo(long number)
    {
        var older = List().FirstOrDefault(checkpoint => checkpoint.Number < number && checkpoint.Manifest is not null);
        RemoveAllBut(older is null ? [number] : [number, older.Number]);
    }

    public void Remove(long number)
    {
        // The manifest first: without it, data are nothing.
        Files.Delete(Path.Combine(Location, StoredCheckpoint.ManifestName(number)));
        Files.Delete(Path.Combine(Location, StoredCheckpoint.ManifestName(number) + CheckpointWriter.UnfinishedSuffix));
        Files.Delete(Path.Combine(Location, StoredCheckpoint.DataName(number)));
    }

    public void Dispose() => _lock.Dispose();

    private void RemoveAllBut(HashSet<long> kept)
    {
        foreach (var path in Files.List(Location))
        {
            if (StoredCheckpoint.TryNumberOf(path, out var number) && !kept.Contains(number))
            {
                Remove(number);
            }
        }
    }
}
