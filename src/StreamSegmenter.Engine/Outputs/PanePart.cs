using StreamSegmenter.Conversions;

namespace StreamSegmenter.Engine.Outputs;

/// <summary>One shard's part of a conversion pane, as it is now: where shards do not exchange theirs, whoever receives them adds them up.</summary>
/// <param name="Name">See <c>PaneName</c>.</param>
internal sealed record PanePart(int Shard, ReadOnlyMemory<byte> Name, PaneCounts Counts);
