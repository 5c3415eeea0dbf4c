using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamSegmenter.Customers;

namespace StreamSegmenter.Triggers;

[Flags]
internal enum SentFlags : byte
{
    None = 0,

    /// <summary>Recorded but not sent: the customer is in the rule's holdout.</summary>
    Holdout = 1,
    Retracted = 2,
    Recovered = 4,

    /// <summary>An order recovered a later step of the cart: there is no recovery left to tell of this one.</summary>
    Settled = 8,
}

[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct SentHeader
{
    public ulong IdHigh;
    public ulong IdLow;
    public long ArmedAtMs;

    /// <summary>The cart's last activity when it fired: before <see cref="ArmedAtMs"/> where a passive event moved the deadline.</summary>
    public long ActivityAtMs;
    public long FiredAtMs;

    /// <summary>From when on nothing asks for this entry any more.</summary>
    public long ForgottenAtMs;
    public long CreatedMs;
    public uint RuleHash;
    public uint Version;
    public CartStage Stage;
    public byte Step;
    public SentFlags Flags;
    public byte Reserved;
    public int CartIdLength;

    public static int SizeBytes => Unsafe.SizeOf<SentHeader>();
}

/// <summary>The triggers that were sent (or held out) for a customer and may still be needed: by a late order that retracts,
/// by an order that recovers, by the frequency cap. One section each: header, cart id. At most <see cref="EntriesMax"/>; the
/// oldest is evicted.</summary>
internal static class TriggerHistory
{
    public const int EntriesMax = 32;

    internal static void Add(CustomerRecord record, SentHeader sent, ReadOnlySpan<byte> cartId)
    {
        var slot = FreeSlot(record, sent.FiredAtMs);
        var entry = record.ResizeSection(SectionKind.SentTrigger, slot, SentHeader.SizeBytes + cartId.Length);
        sent.CartIdLength = cartId.Length;
        Header(entry) = sent;
        cartId.CopyTo(entry[SentHeader.SizeBytes..]);
    }

    /// <summary>The flags of a trigger that is remembered; null when it is not.</summary>
    internal static SentFlags? Find(CustomerRecord record, string triggerId)
    {
        var (high, low) = TriggerId.Parse(triggerId);
        var cursor = 0;
        while (record.NextSection(SectionKind.SentTrigger, ref cursor, out _, out var entry))
        {
            ref readonly var sent = ref Header(entry);
            if (sent.IdHigh == high && sent.IdLow == low)
            {
                return sent.Flags;
            }
        }

        return null;
    }

    internal static void Mark(CustomerRecord record, string triggerId, SentFlags flags)
    {
        var (high, low) = TriggerId.Parse(triggerId);
        var cursor = 0;
        while (record.NextSection(SectionKind.SentTrigger, ref cursor, out _, out var entry))
        {
            ref var sent = ref Header(entry);
            sent.Flags |= sent.IdHigh == high && sent.IdLow == low ? flags : SentFlags.None;
        }
    }

    internal static ref SentHeader Header(Span<byte> entry) =>
        ref MemoryMarshal.AsRef<SentHeader>(entry[..SentHeader.SizeBytes]);

    internal static ReadOnlySpan<byte> CartId(Span<byte> entry) =>
        entry.Slice(SentHeader.SizeBytes, Header(entry).CartIdLength);

    /// <summary>Triggers of a rule that were sent in <c>(nowMs − periodMs, nowMs]</c> and stand.</summary>
    /// <param name="isHeldOut">The customer is in the rule's holdout: those that were recorded count, so that the holdout is
    /// capped as everybody else is.</param>
    internal static int Count(CustomerRecord record, uint ruleHash, long nowMs, long periodMs, bool isHeldOut)
    {
        var count = 0;
        var cursor = 0;
        while (record.NextSection(SectionKind.SentTrigger, ref cursor, out _, out var entry))
        {
            ref readonly var sent = ref Header(entry);
            if (sent.RuleHash == ruleHash
                && (sent.Flags & SentFlags.Retracted) == 0 && (isHeldOut || (sent.Flags & SentFlags.Holdout) == 0)
                && sent.FiredAtMs > nowMs - periodMs && sent.FiredAtMs <= nowMs)
            {
                count++;
            }
        }

        return count;
    }

    /// <summary>When the rule fired last for the customer and was not retracted; null when nothing is remembered.</summary>
    internal static long? LastFiredMs(CustomerRecord record, uint ruleHash)
    {
        long? last = null;
        var cursor = 0;
        while (record.NextSection(SectionKind.SentTrigger, ref cursor, out _, out var entry))
        {
            ref readonly var sent = ref Header(entry);
            if (sent.RuleHash == ruleHash && (sent.Flags & SentFlags.Retracted) == 0)
            {
                last = Math.Max(last ?? long.MinValue, sent.FiredAtMs);
            }
        }

        return last;
    }

    /// <summary>The cart's last activity before a firing; null when the firing is not remembered.</summary>
    internal static long? ActivityBefore(CustomerRecord record, uint ruleHash, ReadOnlySpan<byte> cartId, long firedAtMs)
    {
        var cursor = 0;
        while (record.NextSection(SectionKind.SentTrigger, ref cursor, out _, out var entry))
        {
            ref readonly var sent = ref Header(entry);
            if (sent.RuleHash == ruleHash && sent.FiredAtMs == firedAtMs && CartId(entry).SequenceEqual(cartId))
            {
                return sent.ActivityAtMs;
            }
        }

        return null;
    }

    /// <summary>A slot that is free, or whose entry has expired, or the oldest.</summary>
    private static ushort FreeSlot(CustomerRecord record, long nowMs)
    {
        uint taken = 0;
        ushort oldest = 0;
        var oldestFiredMs = long.MaxValue;
        var cursor = 0;
        while (record.NextSection(SectionKind.SentTrigger, ref cursor, out var slot, out var entry))
        {
            ref readonly var sent = ref Header(entry);
            if (sent.ForgottenAtMs <= nowMs)
            {
                return slot;
            }

            taken |= 1u << slot;
            if (sent.FiredAtMs < oldestFiredMs)
            {
                (oldest, oldestFiredMs) = (slot, sent.FiredAtMs);
            }
        }

        return taken == uint.MaxValue ? oldest : (ushort)System.Numerics.BitOperations.TrailingZeroCount(~taken);
    }
}
