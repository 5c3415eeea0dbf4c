using StreamSegmenter.Engine.Options;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Engine.Exchange;

/// <summary>What became of a message that was heard.</summary>
internal enum HeardAs : byte
{
    /// <summary>New.</summary>
    News,

    /// <summary>Older than what was heard: without transactions an owner that lost its shard may still write. It does not count.</summary>
    Repetition,

    /// <summary>New, and one before it never came.</summary>
    NewsAfterLoss,
}

/// <summary>What one shard knows of all shards: how far each has told everything.</summary>
internal sealed class OtherShards
{
    private readonly int _shard;
    private readonly HeardShard[] _heard;
    private readonly HeardShard[] _committed;
    private readonly long[] _heardAtMs;
    private long _echoMs = long.MinValue;
    private long _candidateMs = long.MinValue;
    private long _candidateAtMs;

    /// <param name="nowMs">Processing time: as if all had been heard now.</param>
    public OtherShards(int shard, ExchangeOptions options, IReadOnlyList<HeardShard>? restored, long nowMs)
    {
        _shard = shard;
        _heard = restored is null ? new HeardShard[options.Shards] : [.. restored];
        if (restored is null)
        {
            Array.Fill(_heard, HeardShard.Unknown);
        }

        _committed = [.. _heard];
        _heardAtMs = new long[_heard.Length];
        Array.Fill(_heardAtMs, nowMs);
        SampleEcho(nowMs);
    }

    public IReadOnlyList<HeardShard> Heard => _heard;

    public IReadOnlyList<HeardShard> Committed => _committed;

    /// <summary>Notes a message. Its entries count unless it is a repetition.</summary>
    public HeardAs Hear(ExchangeMessage message, long nowMs)
    {
        ref var heard = ref _heard[message.Sender];
        _heardAtMs[message.Sender] = nowMs;
        if (message.Sequence < heard.Sequence)
        {
            return HeardAs.Repetition;
        }

        // One of the same sequence is a commit done again, with more or fewer events in it: what it says is newer, also where it has not come
        // as far. Or else a pane could close on what the first attempt claimed, with the numbers of the second.

        var isLoss = message.Previous > heard.Sequence || message.Part > (message.Sequence == heard.Sequence ? heard.Part + 1 : 0);
        heard = heard with
        {
            Sequence = message.Sequence,
            Part = message.Part,
            ToldMs = !message.IsLast ? heard.ToldMs : message.Sequence == heard.Sequence ? message.ToldMs : Math.Max(heard.ToldMs, message.ToldMs),
            IsSilent = message.IsLast ? message.IsSilent : heard.IsSilent,
        };
        SampleEcho(nowMs);
        return isLoss ? HeardAs.NewsAfterLoss : HeardAs.News;
    }

    /// <summary>Up to which event time all shards have told everything.</summary>
    /// <param name="ownMs">How far this shard is.</param>
    public long WholeMs(long ownMs)
    {
        var wholeMs = ownMs;
        for (var shard = 0; shard < _heard.Length; shard++)
        {
            wholeMs = shard == _shard ? wholeMs : Math.Min(wholeMs, _heard[shard].ToldMs);
        }

        return wholeMs;
    }

    /// <summary>How far the slowest of the others is, that has events and was heard of lately; null: there is none.</summary>
    /// <param name="unknownMs">Stands for those that were never heard of.</param>
    /// <param name="sinceMs">Processing time: who was not heard of since then is waited for no longer, unless it is at least as far as
    /// <paramref name="enoughMs"/>.</param>
    public long? SlowestMs(long unknownMs, long sinceMs, long enoughMs)
    {
        long? slowestMs = null;
        for (var shard = 0; shard < _heard.Length; shard++)
        {
            if (shard == _shard || _heard[shard].IsSilent)
            {
                continue;
            }

            var toldMs = _heard[shard].ToldMs == long.MinValue ? unknownMs : _heard[shard].ToldMs;
            if (toldMs >= enoughMs || _heardAtMs[shard] >= sinceMs)
            {
                slowestMs = Math.Min(slowestMs ?? long.MaxValue, toldMs);
            }
        }

        return slowestMs;
    }

    /// <summary>How far a shard is that never had an event: as far as the others were before it was last proved that it has none.</summary>
    public long EchoMs(long silentUntilMs, long nowMs)
    {
        if (_candidateAtMs < silentUntilMs)
        {
            _echoMs = Math.Max(_echoMs, _candidateMs);
            _candidateMs = OthersMs();
            _candidateAtMs = nowMs;
        }

        return _echoMs;
    }

    public void Commit() => _heard.CopyTo(_committed, 0);

    public void Rollback()
    {
        _committed.CopyTo(_heard, 0);
        _echoMs = long.MinValue;
        _candidateMs = OthersMs();
    }

    private void SampleEcho(long nowMs)
    {
        if (_candidateMs == long.MinValue)
        {
            _candidateMs = OthersMs();
            _candidateAtMs = nowMs;
        }
    }

    private long OthersMs()
    {
        var slowestMs = long.MaxValue;
        for (var shard = 0; shard < _heard.Length; shard++)
        {
            slowestMs = shard == _shard || _heard[shard].IsSilent ? slowestMs : Math.Min(slowestMs, _heard[shard].ToldMs);
        }

        return slowestMs == long.MaxValue ? long.MinValue : slowestMs;
    }
}
