namespace StreamSegmenter.Engine.State;

/// <summary>What a shard knows of another one, as of the last message heard.</summary>
/// <param name="Sequence">Of that message; 0: none was heard yet.</param>
/// <param name="Part">Of that message: a commit with much to tell takes several.</param>
/// <param name="ToldMs">Up to which event time the other shard has told everything; <see cref="long.MinValue"/>: nothing.</param>
/// <param name="IsSilent">It never had an event, and was proved to have none.</param>
internal readonly record struct HeardShard(long Sequence, int Part, long ToldMs, bool IsSilent)
{
    public static HeardShard Unknown { get; } = new(0, 0, long.MinValue, false);
}

/// <summary>What a shard remembers of the exchange, in its own line of the changelog: so its place in the conversation commits with
/// everything else.</summary>
/// <param name="Position">Offset of the next message to read; -1: not known.</param>
/// <param name="Sequence">Of the last commit that told anything.</param>
/// <param name="ToldMs">Up to which event time all other shards were told everything.</param>
/// <param name="SaysSilent">What they were told last: that this shard never had an event.</param>
/// <param name="Heard">By shard.</param>
/// <param name="Sent">By shard, the sequence of the last message to it: so the receiver of the next notices a loss.</param>
internal sealed record ExchangeState(
    long Position, long Sequence, long ToldMs, bool SaysSilent, IReadOnlyList<HeardShard> Heard, IReadOnlyList<long> Sent);
