namespace StreamSegmenter.Engine.State;

/// <summary>The keys of a shard's state, in the customer store and in the changelog: one byte that says what it is, then the
/// name. Stored: numbers are never reused.</summary>
internal static class StateKey
{
    /// <summary>The shard's own record (watermark, positions); no name.</summary>
    public const byte Shard = 0;

    /// <summary>A customer; the name is the customer key's bytes.</summary>
    public const byte Customer = 1;

    /// <summary>A shard's own part of a conversion pane; the name is <see cref="PaneName"/>'s encoding of the pane.</summary>
    public const byte Pane = 2;

    /// <summary>A <see cref="Customers.RecordLayout"/> that customers' records have or had; the name is its hash.</summary>
    public const byte Layout = 3;

    /// <summary>Carries no state and exists in the changelog only. Without a transaction: a reader that must reach the end writes it there
    /// and waits until it is acknowledged, for all that was written before can be read then. With one: its first line, whose value names
    /// the transactional id, so that a successor can end a transaction that was left open.</summary>
    public const byte Barrier = 4;

    /// <summary>A conversion pane of all shards, kept by the one that owns it; the name is that of the parts.</summary>
    public const byte WholePane = 5;

    /// <summary>Longest customer key that is accepted, in bytes.</summary>
    public const int CustomerKeyBytesMax = 1024;

    /// <summary>Longest key of all kinds.</summary>
    public const int BytesMax = CustomerKeyBytesMax + 1;

    public static readonly byte[] ShardKey = [Shard];

    public static readonly byte[] BarrierKey = [Barrier];

    public static byte[] OfLayout(uint hash) => [Layout, .. BitConverter.GetBytes(hash)];

    /// <summary>The hash that <see cref="OfLayout"/> was given.</summary>
    public static uint LayoutHashOf(ReadOnlySpan<byte> key) => BitConverter.ToUInt32(key[1..]);
}
