using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Connectors.Replay;

/// <summary>What one lane gets of one portion of the input: its shards' events, and how far every input has come. Every lane
/// gets every portion, however few events it has in it, so that time moves alike in all shards.</summary>
internal sealed class ReplayChunk(int inputs)
{
    public PolledRecords Polled { get; } = new();

    /// <summary>Per input the largest event time read so far, over all lanes.</summary>
    public PartitionProgress[] Progress { get; } = new PartitionProgress[inputs];
}
