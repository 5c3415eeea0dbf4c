using StreamSegmenter.Engine.Shards;

namespace StreamSegmenter.Engine.Lanes;

/// <summary>What a lane leaves to the one that is made in its place in the same process: the keys of the changelog of which lines may still
/// be under way.</summary>
internal sealed class LaneHandover
{
    internal Dictionary<int, SuspectKeys> Suspects { get; } = [];
}
