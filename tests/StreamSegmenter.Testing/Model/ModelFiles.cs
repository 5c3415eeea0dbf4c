using StreamSegmenter.Engine.Checkpoints;
using StreamSegmenter.Testing.Runs;

namespace StreamSegmenter.Testing.Model;

/// <summary>A lane's way to the disk of its machine. The dead neither read nor write.</summary>
internal sealed class ModelFiles(SimulatedLane lane, Disk disk) : ICheckpointFiles
{
    private const int WaitStepsMax = 60;

    public TaskScheduler Writers { get; } = new InlineScheduler();

    public IDisposable? TryLock(string directory)
    {
        for (var step = 0; !disk.TryOwn(directory, lane); step++)
        {
            if (step == WaitStepsMax)
            {
                throw new CrashException($"another lane keeps '{directory}'");
            }

            lane.World.LetOthersGoOn(lane);
        }

        return new Claim(disk, directory, lane);
    }

    public IReadOnlyList<string> List(string directory) => Living().List(directory);

    public Stream Create(string path) => Living().Create(path);

    public Stream OpenRead(string path) => new MemoryStream(Living().Open(path).ToArray(), writable: false);

    public void Sync(Stream file)
    {
        Living();
        ((DiskFile)file).SyncedBytes = file.Length;
    }

    public void Rename(string from, string to) => Living().Rename(from, to);

    public void Delete(string path) => Living().Delete(path);

    private Disk Living() => lane.Process.IsDead ? throw new IOException("the process is dead") : disk;

    private sealed class Claim(Disk disk, string directory, SimulatedLane lane) : IDisposable
    {
        public void Dispose() => disk.Leave(directory, lane);
    }

    /// <summary>Goes on at once with whatever can go on: no other thread, so a seed decides everything.</summary>
    private sealed class InlineScheduler : TaskScheduler
    {
        protected override IEnumerable<Task> GetScheduledTasks() => [];

        protected override void QueueTask(Task task) => TryExecuteTask(task);

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => !taskWasPreviouslyQueued && TryExecuteTask(task);
    }
}
