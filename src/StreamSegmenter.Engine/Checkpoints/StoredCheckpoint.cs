using System.Globalization;

namespace StreamSegmenter.Engine.Checkpoints;

/// <summary>A checkpoint as a directory shows it: a manifest that reads, or what is wrong with it.</summary>
/// <param name="Number">Rises with every checkpoint of the shard.</param>
/// <param name="Manifest">Null: damaged, see <paramref name="Fault"/>. That it reads says nothing about the data yet.</param>
internal sealed record StoredCheckpoint(string Directory, long Number, CheckpointManifest? Manifest, string? Fault)
{
    private const string DataSuffix = ".checkpoint";
    private const string ManifestSuffix = ".manifest";

    public string ManifestPath => Path.Combine(Directory, ManifestName(Number));

    public string DataPath => Path.Combine(Directory, DataName(Number));

    public static string DataName(long number) => number.ToString("D10", CultureInfo.InvariantCulture) + DataSuffix;

    public static string ManifestName(long number) => number.ToString("D10", CultureInfo.InvariantCulture) + ManifestSuffix;

    /// <summary>What a directory holds, newest first; data without a manifest are of a checkpoint that was never finished.</summary>
    /// <exception cref="IOException">The directory cannot be listed.</exception>
    public static IReadOnlyList<StoredCheckpoint> List(string directory, ICheckpointFiles files)
    {
        var found = new List<StoredCheckpoint>();
        foreach (var path in files.List(directory))
        {
            if (path.EndsWith(ManifestSuffix, StringComparison.Ordinal)
                && long.TryParse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture, out var number))
            {
                found.Add(Open(directory, number, files));
            }
        }

        found.Sort((a, b) => b.Number.CompareTo(a.Number));
        return found;
    }

    public static StoredCheckpoint Open(string directory, long number, ICheckpointFiles files)
    {
        try
        {
            using var file = files.OpenRead(Path.Combine(directory, ManifestName(number)));
            var bytes = new byte[Math.Min(file.Length, CheckpointManifest.BytesMax)];
            var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            var manifest = CheckpointManifest.Decode(bytes.AsSpan(0, read));
            return manifest.File == DataName(number)
                ? new StoredCheckpoint(directory, number, manifest, null)
                : new StoredCheckpoint(directory, number, null, $"the manifest is of '{manifest.File}'");
        }
        catch (Exception e) when (e is CheckpointDamagedException or IOException or UnauthorizedAccessException)
        {
            return new StoredCheckpoint(directory, number, null, e.Message);
        }
    }

    /// <summary>Whether a file in a checkpoint directory is part of some checkpoint, finished or not.</summary>
    public static bool TryNumberOf(string path, out long number) =>
        long.TryParse(Path.GetFileName(path).Split('.')[0], CultureInfo.InvariantCulture, out number)
        && (path.EndsWith(DataSuffix, StringComparison.Ordinal) || path.Contains(ManifestSuffix, StringComparison.Ordinal));
}
