namespace StreamSegmenter.Engine.State;

/// <summary>A value as it lies in the store: with room to grow, so that most updates are made in place. A customer's record grows by a
/// few bytes with every event; without the room each commit would append it anew, and the log would fill with superseded records.
/// <code>stored := value · padding · length of padding and this byte, u8</code></summary>
internal static class StoredValue
{
    /// <summary>Values are stored in multiples of this: half of it is the room that is wasted on average.</summary>
    private const int GrainBytes = 128;

    public static int LengthOf(int valueLength) => (valueLength + GrainBytes) & ~(GrainBytes - 1);

    /// <summary>Puts a value into its stored form, as long as <see cref="LengthOf"/>.</summary>
    public static void Write(ReadOnlySpan<byte> value, Span<byte> stored)
    {
        value.CopyTo(stored);
        stored[value.Length..].Clear();
        stored[^1] = (byte)(stored.Length - value.Length);
    }

    public static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> stored) => stored[..^stored[^1]];
}
