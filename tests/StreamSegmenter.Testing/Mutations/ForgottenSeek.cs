using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Testing.Mutations;

/// <summary>A source that does not go back after a commit that failed.</summary>
internal sealed class ForgottenSeek(ILaneSource inner) : ILaneSource
{
    public IAssignmentListener? Listener
    {
        get => inner.Listener;
        set => inner.Listener = value;
    }

    public void Poll(PolledRecords polled, TimeSpan timeout) => inner.Poll(polled, timeout);

    public void ReportProgress(IDictionary<InputPartition, PartitionProgress> progress) => inner.ReportProgress(progress);

    public void Pause(InputPartition partition) => inner.Pause(partition);

    public void Resume(InputPartition partition) => inner.Resume(partition);

    public void Seek(InputPartition partition, long offset)
    {
    }

    public void Close() => inner.Close();

    public void Dispose() => inner.Dispose();
}
