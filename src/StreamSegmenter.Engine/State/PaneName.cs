using System.Buffers.Binary;
using System.Text;
using StreamSegmenter.Conversions;
using StreamSegmenter.Events;

namespace StreamSegmenter.Engine.State;

/// <summary>The name of a conversion pane in stores, changelogs and messages:
/// <c>calendar unit (1 byte) · window length (7, big-endian) · start (8, sign flipped, big-endian) · length of the dimension's name (1; 0: all
/// traffic) · dimension's name · value</c>. It names the dimension itself, so that a change of the definitions gives no pane to another one.</summary>
internal static class PaneName
{
    public const int BytesMin = DimensionAt + 1;

    /// <summary>The longest name of a dimension.</summary>
    public const int DimensionBytesMax = byte.MaxValue;

    public const int BytesMax = BytesMin + DimensionBytesMax + SessionDimensions.ValueBytesMax;
    private const int StartAt = 8;
    private const int DimensionAt = 16;
    private const int UnitShift = 56;

    /// <summary>Writes a name and returns its length.</summary>
    /// <param name="dimension">Its name; empty: all traffic.</param>
    public static int Write(Span<byte> to, ConversionWindow window, long startMs, ReadOnlySpan<byte> dimension, ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteInt64BigEndian(to, window.LengthMs | ((long)window.Unit << UnitShift));
        BinaryPrimitives.WriteInt64BigEndian(to[StartAt..], startMs ^ long.MinValue);
        to[DimensionAt] = (byte)dimension.Length;
        dimension.CopyTo(to[BytesMin..]);
        value.CopyTo(to[(BytesMin + dimension.Length)..]);
        return BytesMin + dimension.Length + value.Length;
    }

    public static (ConversionWindow Window, long StartMs) Decode(ReadOnlySpan<byte> name)
    {
        var window = BinaryPrimitives.ReadInt64BigEndian(name);
        return (
            new ConversionWindow(window & ((1L << UnitShift) - 1), (CalendarUnit)(window >> UnitShift)),
            BinaryPrimitives.ReadInt64BigEndian(name[StartAt..]) ^ long.MinValue);
    }

    /// <summary>Whether bytes that came from elsewhere are a name.</summary>
    public static bool IsValid(ReadOnlySpan<byte> name) =>
        name.Length is >= BytesMin and <= BytesMax && name.Length >= BytesMin + name[DimensionAt] && name[0] <= (byte)CalendarUnit.Month;

    /// <summary>The dimension's name; empty: all traffic.</summary>
    public static ReadOnlySpan<byte> Dimension(ReadOnlySpan<byte> name) => name.Slice(BytesMin, name[DimensionAt]);

    public static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> name) => name[(BytesMin + name[DimensionAt])..];

    /// <summary>The shard that puts the pane's parts together. All windows of one length and value have one owner, so that it sees how
    /// they follow each other.</summary>
    public static int OwnerOf(ReadOnlySpan<byte> name, int shards)
    {
        Span<byte> series = stackalloc byte[BytesMax];
        name[..StartAt].CopyTo(series);
        name[DimensionAt..].CopyTo(series[StartAt..]);
        return (int)(KeyHash.Of(series[..(name.Length - StartAt)]) % (ulong)shards);
    }

    /// <summary>The pane as subscribers see it.</summary>
    public static ConversionPane Describe(
        ReadOnlySpan<byte> name, in PaneCounts counts, ConversionDefinition definition, PaneTimes times, Currency currency, bool isFinal, bool isCohortFinal)
    {
        var (window, startMs) = Decode(name);
        var funnel = new FunnelStep[definition.Funnel.Count];
        for (var step = 0; step < funnel.Length; step++)
        {
            funnel[step] = new FunnelStep(EventTypes.NameOf(definition.Funnel[step]), counts.Funnel[step]);
        }

        var dimension = Dimension(name);
        return new ConversionPane(
            window.LengthMs, startMs, times.EndOf(name), dimension.IsEmpty ? "all" : Encoding.UTF8.GetString(dimension),
            Encoding.UTF8.GetString(Value(name)), counts.Events, counts.Visitors, counts.Sessions,
            counts.SessionsWithCart, counts.SessionsWithOrder, counts.SessionsWithCartAndOrder, funnel, counts.Orders,
            counts.RevenueMinor, currency.IsNone ? null : currency.ToString(), isFinal, isCohortFinal)
        {
            Window = window.ToString(), OrdersWithoutValue = counts.Orders - counts.OrdersWithValue, RefundedMinor = counts.RefundedMinor,
            Customers = counts.Customers, NewCustomers = counts.NewCustomers, RepeatCustomers = counts.RepeatCustomers,
        };
    }
}
