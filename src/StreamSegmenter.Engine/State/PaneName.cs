using System.Buffers.Binary;
using System.Text;
using StreamSegmenter.Conversions;
using StreamSegmenter.Events;

namespace StreamSegmenter.Engine.State;

/// <summary>The name of a conversion pane in stores, changelogs and messages:
/// <c>window length (8 bytes, big-endian) · start (8, sign flipped, big-endian) · by dimension (1) · value</c>.</summary>
internal static class PaneName
{
    public const int ValueAt = 17;
    public const int BytesMax = ValueAt + ConversionProgram.ValueBytesMax;
    private const int StartAt = 8;
    private const int ByDimensionAt = 16;

    /// <summary>Writes a name and returns its length.</summary>
    public static int Write(Span<byte> to, long windowMs, long startMs, bool byDimension, ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteInt64BigEndian(to, windowMs);
        BinaryPrimitives.WriteInt64BigEndian(to[StartAt..], startMs ^ long.MinValue);
        to[ByDimensionAt] = byDimension ? (byte)1 : (byte)0;
        value.CopyTo(to[ValueAt..]);
        return ValueAt + value.Length;
    }

    public static (long WindowMs, long StartMs) Decode(ReadOnlySpan<byte> name) =>
        (BinaryPrimitives.ReadInt64BigEndian(name), BinaryPrimitives.ReadInt64BigEndian(name[StartAt..]) ^ long.MinValue);

    public static bool IsByDimension(ReadOnlySpan<byte> name) => name[ByDimensionAt] != 0;

    public static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> name) => name[ValueAt..];

    /// <summary>The shard that puts the pane's parts together. All windows of one length and value have one owner, so that it sees how
    /// they follow each other.</summary>
    public static int OwnerOf(ReadOnlySpan<byte> name, int shards)
    {
        Span<byte> series = stackalloc byte[BytesMax];
        name[..StartAt].CopyTo(series);
        name[ByDimensionAt..].CopyTo(series[StartAt..]);
        return (int)(KeyHash.Of(series[..(name.Length - 8)]) % (ulong)shards);
    }

    /// <summary>The pane as subscribers see it.</summary>
    public static ConversionPane Describe(
        ReadOnlySpan<byte> name, in PaneCounts counts, ConversionDefinition definition, Currency currency, bool isFinal, bool isCohortFinal)
    {
        var (windowMs, startMs) = Decode(name);
        var funnel = new FunnelStep[definition.Funnel.Count];
        for (var step = 0; step < funnel.Length; step++)
        {
            funnel[step] = new FunnelStep(EventTypes.NameOf(definition.Funnel[step]), counts.Funnel[step]);
        }

        return new ConversionPane(
            windowMs, startMs, startMs + windowMs, IsByDimension(name) ? definition.Dimension ?? "(none)" : "all",
            IsByDimension(name) ? Encoding.UTF8.GetString(Value(name)) : "", counts.Events, counts.Visitors, counts.Sessions,
            counts.SessionsWithCart, counts.SessionsWithOrder, counts.SessionsWithCartAndOrder, funnel, counts.Orders,
            counts.RevenueMinor, currency.IsNone ? null : currency.ToString(), isFinal, isCohortFinal)
        {
            OrdersWithoutValue = counts.Orders - counts.OrdersWithValue, RefundedMinor = counts.RefundedMinor,
        };
    }
}
