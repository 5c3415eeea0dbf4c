using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Exchange;

namespace StreamSegmenter.Testing.Mutations;

/// <summary>A sink that changes what shards tell each other.</summary>
internal abstract class BrokenMessages(ILaneSink inner) : BrokenSink(inner)
{
    public sealed override CommitOutcome Commit(CommitUnit unit, CancellationToken cancellation) => Inner.Commit(
        Part(unit.Outbox, unit.Exchange.SelectMany(Change), unit.Changelog, unit.Offsets), cancellation);

    protected abstract IEnumerable<ExchangeRecord> Change(ExchangeRecord record);

    /// <summary>The same message with something else in its head.</summary>
    protected static ExchangeRecord WithHead(ExchangeRecord record, int? sender = null, long aheadMs = 0)
    {
        var changed = record.Value.ToArray();
        var message = ExchangeMessage.Read(changed, int.MaxValue);
        new ExchangeMessage
        {
            Sender = sender ?? message.Sender, Sequence = message.Sequence, Previous = message.Previous, Part = message.Part,
            ToldMs = message.ToldMs == long.MinValue ? message.ToldMs : message.ToldMs + aheadMs, IsSilent = message.IsSilent, IsLast = message.IsLast,
        }.WriteHead(changed);
        return record with { Value = changed };
    }

    protected static bool HasEntries(ExchangeRecord record) => record.Value.Length > ExchangeMessage.HeadBytes;
}

/// <summary>Every third message with parts of panes says only how far its sender is.</summary>
internal sealed class LostPart(ILaneSink inner) : BrokenMessages(inner)
{
    private int _messages;

    protected override IEnumerable<ExchangeRecord> Change(ExchangeRecord record) =>
        [HasEntries(record) && _messages++ % 3 == 2 ? record with { Value = record.Value[..ExchangeMessage.HeadBytes] } : record];
}

/// <summary>Every third message with parts of panes counts as its receiver's own, too.</summary>
internal sealed class DoubledPart(ILaneSink inner) : BrokenMessages(inner)
{
    private int _messages;

    protected override IEnumerable<ExchangeRecord> Change(ExchangeRecord record) =>
        HasEntries(record) && _messages++ % 3 == 2 ? [record, WithHead(record, sender: record.Partition)] : [record];
}

/// <summary>Shards claim to be further than they are.</summary>
internal sealed class WatermarkAhead(ILaneSink inner) : BrokenMessages(inner)
{
    private const long AheadMs = 1_500;

    protected override IEnumerable<ExchangeRecord> Change(ExchangeRecord record) => [WithHead(record, aheadMs: AheadMs)];
}

/// <summary>Panes are emitted as final when they are emitted first.</summary>
internal sealed class FinalTooEarly(ILaneSink inner) : BrokenSink(inner)
{
    public override CommitOutcome Commit(CommitUnit unit, CancellationToken cancellation)
    {
        for (var i = 0; i < unit.Outbox.ConversionPanes.Count; i++)
        {
            unit.Outbox.ConversionPanes[i] = unit.Outbox.ConversionPanes[i] with { Final = true };
        }

        return Inner.Commit(unit, cancellation);
    }
}
