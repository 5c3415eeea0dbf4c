using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Options;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Engine.Exchange;

/// <summary>One shard's part in the exchange. What it has to tell goes out with its commits, and every message carries how far it is in
/// event time; so each shard knows how far all are, and no watermark runs further ahead of the slowest than the alignment.
/// <para>A shard that never had an event has no time of its own, and must neither hold the others back nor let them go on too early: once
/// its silence is proved it repeats how far the others were before the proof.</para></summary>
internal sealed class ShardExchange
{
    /// <summary>So many times per alignment a shard tells how far it is.</summary>
    private const int StepsPerAlignment = 4;

    private readonly int _shard;
    private readonly ExchangeOptions _options;
    private readonly PaneTimes _times;
    private readonly OtherShards _others;
    private readonly MessageWriter[] _messages;
    private readonly long[] _sent;
    private readonly long[] _committedSent;
    private readonly CatchUpPace _pace;
    private (long Sequence, long ToldMs, bool SaysSilent, long ToldAtMs) _said;
    private (long Sequence, long ToldMs, bool SaysSilent, long ToldAtMs) _committedSaid;
    private long _startMs;
    private long _reachedMs;
    private long _durableMs;

    /// <param name="restored">As of the last commit; null: there is none.</param>
    /// <param name="watermarkMs">The same.</param>
    public ShardExchange(int shard, ExchangeOptions options, PaneTimes times, ExchangeState? restored, long watermarkMs, long nowMs)
    {
        _startMs = _reachedMs = _durableMs = watermarkMs;
        // One that has nobody to talk to is the only one that it knows of, whatever its number.
        _shard = options.Shards == 1 ? 0 : shard;
        _options = options;
        _times = times;
        _pace = new CatchUpPace(options.CatchUpMs);
        var isKnown = restored is not null && restored.Heard.Count == options.Shards;
        IsNew = !isKnown;
        _others = new OtherShards(_shard, options, isKnown ? restored!.Heard : null, nowMs);
        _messages = [.. Enumerable.Range(0, options.Shards).Select(_ => new MessageWriter())];
        _sent = isKnown ? [.. restored!.Sent] : new long[options.Shards];
        _committedSent = [.. _sent];
        _said = isKnown ? (restored!.Sequence, restored.ToldMs, restored.SaysSilent, nowMs) : (0, long.MinValue, false, nowMs);
        _committedSaid = _said;
    }

    /// <summary>The changelog knows of no exchange: whatever the shard has was told to nobody.</summary>
    public bool IsNew { get; private set; }

    /// <summary>Where the watermark was when this shard began here.</summary>
    internal long StartMs => _startMs;

    /// <summary>The watermark was held back for a shard that is slower.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>All others were told that this shard never had an event.</summary>
    public bool SaysSilent => _said.SaysSilent;

    /// <summary>Event time that was told to all; <see cref="long.MinValue"/> while there is none.</summary>
    public long ToldMs => _said.ToldMs;

    public OtherShards Others => _others;

    /// <summary>How far ahead of the slowest a watermark may run now.</summary>
    private long AlignmentMs => Math.Max(_options.AlignmentMs, _pace.Ms);

    private long PatienceMs => _options.PatienceMs ?? _options.AlignmentMs;

    /// <summary>How far the watermark may go now.</summary>
    /// <param name="wantedMs">How far it would go on its own.</param>
    public long Limit(long wantedMs, long nowMs)
    {
        IsHeld = false;
        if (_options.AlignmentMs == 0 || _options.Shards == 1 || wantedMs == long.MinValue)
        {
            return wantedMs;
        }

        // A shard that was not heard of yet may be as far back as this one was when it began.
        _startMs = _startMs == long.MinValue ? wantedMs : _startMs;
        if (_others.SlowestMs(_startMs, nowMs - PatienceMs, wantedMs - AlignmentMs) is not { } slowestMs)
        {
            return wantedMs;
        }

        _pace.Note(slowestMs, nowMs);
        IsHeld = slowestMs + AlignmentMs < wantedMs;
        return IsHeld ? slowestMs + AlignmentMs : wantedMs;
    }

    /// <summary>How far this shard may say that it is.</summary>
    /// <param name="reachedMs">All events up to this were folded, and all timers fired.</param>
    /// <param name="silentUntilMs">It never had an event, and has none by then; null: it had, or it is not proved.</param>
    public long Reached(long reachedMs, long? silentUntilMs, long nowMs) =>
        Math.Max(_said.ToldMs, Math.Max(reachedMs, silentUntilMs is { } untilMs ? _others.EchoMs(untilMs, nowMs) : long.MinValue));

    /// <summary>Others may wait for what this shard has to tell: it should not wait for its commit interval.</summary>
    public bool IsUrgent(long reachedMs, bool isSilent) =>
        _options is { Shards: > 1, AlignmentMs: > 0 }
        && ((isSilent && !_said.SaysSilent)
            || (reachedMs != long.MinValue
                && (_said.ToldMs == long.MinValue || reachedMs - _said.ToldMs >= AlignmentMs * 2 / StepsPerAlignment)));

    /// <summary>Whether the next commit cannot tell yet what the one behind it will, and panes wait for that.</summary>
    /// <param name="reachedMs">All events up to this were folded, and all timers fired.</param>
    public bool HasUntold(long reachedMs) =>
        _options is { IsTransactional: false, Shards: > 1 } && _times.IsAnyBetween(_said.ToldMs, reachedMs);

    // A commit that breaks off may be done again with other events, but its messages may have been heard.
    private long Claim(long reachedMs) => _options.IsTransactional ? reachedMs : Math.Max(_said.ToldMs, Math.Min(reachedMs, _durableMs));

    /// <summary>Tells another shard something with the next commit.</summary>
    public void Tell(int receiver, byte kind, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => _messages[receiver].Add(kind, name, value);

    /// <summary>Writes what there is to tell into a commit: to those to whom something was told, and to all when they should know how far
    /// this shard is.</summary>
    /// <param name="reachedMs">See <see cref="Reached"/>.</param>
    public void Gather(long reachedMs, bool isSilent, long nowMs, List<ExchangeRecord> to)
    {
        if (_options.Shards == 1)
        {
            _said.ToldMs = reachedMs;
            return;
        }

        _reachedMs = reachedMs;
        reachedMs = Claim(reachedMs);
        var toAll = ShouldAllKnow(reachedMs, isSilent, nowMs);
        if (!toAll && Array.TrueForAll(_messages, messages => messages.IsEmpty))
        {
            return;
        }

        _said.Sequence++;
        if (toAll)
        {
            (_said.ToldMs, _said.SaysSilent, _said.ToldAtMs) = (reachedMs, isSilent, nowMs);
        }

        for (var receiver = 0; receiver < _messages.Length; receiver++)
        {
            if (receiver != _shard && (toAll || !_messages[receiver].IsEmpty))
            {
                _messages[receiver].Write(receiver, Head(receiver, reachedMs, isSilent), to);
                _sent[receiver] = _said.Sequence;
            }

            _messages[receiver].Clear();
        }
    }

    /// <summary>For the shard's own line.</summary>
    public ExchangeState Describe(long position) =>
        new(position, _said.Sequence, _said.ToldMs, _said.SaysSilent, [.. _others.Heard], [.. _sent]);

    /// <summary>The same as of the last commit.</summary>
    public ExchangeState DescribeCommitted(long position) => new(
        position, _committedSaid.Sequence, _committedSaid.ToldMs, _committedSaid.SaysSilent, [.. _others.Committed], [.. _committedSent]);

    public void Commit()
    {
        IsNew = false;
        _durableMs = _reachedMs;
        _committedSaid = _said;
        _sent.CopyTo(_committedSent, 0);
        _others.Commit();
    }

    public void Rollback()
    {
        _reachedMs = _durableMs;
        _said = _committedSaid;
        _committedSent.CopyTo(_sent, 0);
        Array.ForEach(_messages, messages => messages.Clear());
        _others.Rollback();
        IsHeld = false;
    }

    private bool ShouldAllKnow(long reachedMs, bool isSilent, long nowMs) =>
        isSilent != _said.SaysSilent
        || _times.IsAnyBetween(_said.ToldMs, reachedMs)
        || (_options.AlignmentMs > 0 && reachedMs > _said.ToldMs && reachedMs - _said.ToldMs >= AlignmentMs / StepsPerAlignment)
        || (IsHeld && nowMs - _said.ToldAtMs >= PatienceMs / StepsPerAlignment);

    private ExchangeMessage Head(int receiver, long reachedMs, bool isSilent) => new()
    {
        Sender = _shard, Sequence = _said.Sequence, Previous = _sent[receiver], ToldMs = reachedMs, IsSilent = isSilent,
    };
}
