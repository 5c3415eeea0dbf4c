using System.Numerics;
using System.Runtime.InteropServices;
using StreamSegmenter.Customers;

namespace StreamSegmenter.Conversions;

/// <summary>The counts of a pane in few bytes: <c>which of them are not zero (u32, little-endian, by their order in
/// <see cref="PaneCounts"/>) · each of these, zigzag-coded, as a varint</c>.</summary>
internal static class PaneCountsCodec
{
    /// <summary>The longest form.</summary>
    public static int BytesMax { get; } = sizeof(uint) + (PaneCounts.SizeBytes / sizeof(long) * Varint.BytesMax);

    /// <summary>Writes the counts at the front and moves the span behind them.</summary>
    public static void Write(scoped ref Span<byte> to, in PaneCounts counts)
    {
        var all = MemoryMarshal.Cast<PaneCounts, long>(new ReadOnlySpan<PaneCounts>(in counts));
        var maskAt = to;
        to = to[sizeof(uint)..];
        var mask = 0u;
        for (var i = 0; i < all.Length; i++)
        {
            if (all[i] != 0)
            {
                mask |= 1u << i;
                Varint.Write(ref to, Varint.ZigZag(all[i]));
            }
        }

        MemoryMarshal.Write(maskAt, in mask);
    }

    /// <summary>Reads the counts at the front and moves the span behind them.</summary>
    /// <exception cref="InvalidDataException">It is cut off.</exception>
    public static PaneCounts Read(scoped ref ReadOnlySpan<byte> from)
    {
        var counts = default(PaneCounts);
        var all = MemoryMarshal.Cast<PaneCounts, long>(new Span<PaneCounts>(ref counts));
        if (from.Length < sizeof(uint))
        {
            throw new InvalidDataException("The counts of a conversion pane are cut off.");
        }

        var mask = MemoryMarshal.Read<uint>(from);
        from = from[sizeof(uint)..];
        for (; mask != 0; mask &= mask - 1)
        {
            if (from.IsEmpty || BitOperations.TrailingZeroCount(mask) >= all.Length)
            {
                throw new InvalidDataException("The counts of a conversion pane are cut off.");
            }

            all[BitOperations.TrailingZeroCount(mask)] = Varint.UnZigZag(Varint.Read(ref from));
        }

        return counts;
    }
}
