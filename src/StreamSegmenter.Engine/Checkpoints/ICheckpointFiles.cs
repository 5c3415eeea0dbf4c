using Microsoft.Win32.SafeHandles;

namespace StreamSegmenter.Engine.Checkpoints;

/// <summary>What checkpoints ask of a file system; a test may be a bad one.</summary>
internal interface ICheckpointFiles
{
    /// <summary>Where a checkpoint is written: it waits for the disk, and the lane does not wait for it.</summary>
    TaskScheduler Writers { get; }

    /// <summary>Takes a directory, creating it if missing, until the returned lock is disposed.</summary>
    /// <returns>Null: another lane or process has it.</returns>
    /// <exception cref="IOException">It cannot be made or written.</exception>
    IDisposable? TryLock(string directory);

    /// <summary>The paths of the files in a directory.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>A new, empty file; one of that name is replaced. Unbuffered.</summary>
    Stream Create(string path);

    Stream OpenRead(string path);

    /// <summary>Returns once what was written is on the disk.</summary>
    void Sync(Stream file);

    /// <summary>Replaces what has the new name, in one step, and returns once the directory is on the disk.</summary>
    void Rename(string from, string to);

    /// <summary>One that is not there counts as deleted.</summary>
    void Delete(string path);
}

/// <summary>The real one.</summary>
internal sealed class DiskFiles : ICheckpointFiles
{
    private const int BufferBytes = 64 * 1024;
    private const string LockName = "lock";

    public TaskScheduler Writers => TaskScheduler.Default;

    public IDisposable? TryLock(string directory)
    {
        Directory.CreateDirectory(directory);
        try
        {
            return new FileStream(Path.Combine(directory, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException))
        {
            return null;
        }
    }

    public IReadOnlyList<string> List(string directory) => Directory.GetFiles(directory);

    public Stream Create(string path) => new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 0);

    public Stream OpenRead(string path) =>
        new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferBytes, FileOptions.SequentialScan);

    public void Sync(Stream file) => ((FileStream)file).Flush(flushToDisk: true);

    public void Rename(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        SyncDirectory(Path.GetDirectoryName(to)!);
    }

    public void Delete(string path) => File.Delete(path);

    /// <summary>The new name is a change of the directory, which is synced by itself. Windows neither can nor needs to.</summary>
    private static void SyncDirectory(string directory)
    {
        if (!OperatingSystem.IsWindows())
        {
            using SafeFileHandle handle = NativeDirectory.Open(directory);
            RandomAccess.FlushToDisk(handle);
        }
    }
}
