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
}

[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct SentHeader
{
    public ulong IdHigh;
    public ulong IdLow;
    public long ArmedAtMs;
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

/// <summary>The triggers that were sent (or held out) for a customer and may still be asked for: by a late order that retracts,
/// by an order that recovers, by the frequency cap. One section each: header, cart id. At most <see cref="EntriesMax"/>; the
/// oldest gives way.</summary>
public static class SentTriggers
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

    internal static ref SentHeader Header(Span<byte> entry) =>
        ref MemoryMarshal.AsRef<SentHeader>(entry[..SentHeader.SizeBytes]);

    internal static ReadOnlySpan<byte> CartId(Span<byte> entry) =>
        entry.Slice(SentHeader.SizeBytes, Header(entry).CartIdLength);

    /// <summary>Triggers of a rule that were sent in <c>(nowMs − periodMs, nowMs]</c> and stand.</summary>
    internal static int Count(CustomerRecord record, uint ruleHash, long nowMs, long periodMs)
    {
        var count = 0;
        var cursor = 0;
        while (record.NextSection(SectionKind.SentTrigger, ref cursor, out _, out var entry))
        {
            ref readonly var sent = ref Header(entry);
            if (sent.RuleHash == ruleHash
                && (sent.Flags & (SentFlags.Holdout | SentFlags.Retracted)) == 0
                && sent.FiredAtMs > nowMs - periodMs && sent.FiredAtMs <= nowMs)
            {
                count++;
            }
        }

        return count;
    }

    /// <summary>A slot that is free, or whose entry nobody asks for any more, or the oldest.</summary>
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
