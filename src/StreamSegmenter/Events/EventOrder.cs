using System.Buffers.Binary;

namespace StreamSegmenter.Events;

/// <summary>The order of events at one instant. What they mean decides, then their ids: never which input is named first, nor which
/// event arrives first.
/// <code>
/// identify, consent, erasure · views and all other types · adds, removals, quantities · whole carts
/// · start of the checkout · its steps · failed payment · order · refund, cancellation
/// </code>
/// Those of equal rank: without an event id by their offsets, then with one by it, then by their places in the record.</summary>
internal static class EventOrder
{
    private const int IdBytes = sizeof(ulong);
    private static readonly byte[] Ranks = Build();

    /// <summary>The rank of a type at one instant: lower comes first.</summary>
    public static int RankOf(EventType type) => type.Id < Ranks.Length ? Ranks[type.Id] : 1;

    /// <summary>Where an event stands among those of its instant.</summary>
    public static TieBreak TieOf(in StorefrontEvent e, EventBatch batch)
    {
        var id = batch.Text(in e, e.EventId);
        return new TieBreak(
            (byte)RankOf(e.Type), !id.IsEmpty, id.IsEmpty ? (ulong)e.Offset : KeyOf(id), (ushort)Math.Min(e.IndexInRecord, ushort.MaxValue));
    }

    /// <summary>Compares two events of one instant.</summary>
    public static int Compare(in StorefrontEvent a, EventBatch batchOfA, in StorefrontEvent b, EventBatch batchOfB)
    {
        var order = TieOf(in a, batchOfA).CompareTo(TieOf(in b, batchOfB));
        order = order != 0 ? order : a.Input.CompareTo(b.Input);
        return order != 0 ? order : a.Offset.CompareTo(b.Offset);
    }

    /// <summary>Short ids as they sort; of longer ones the hash, so that a place among ties is one number.</summary>
    private static ulong KeyOf(ReadOnlySpan<byte> id)
    {
        if (id.Length > IdBytes)
        {
            return KeyHash.Of(id);
        }

        Span<byte> padded = stackalloc byte[IdBytes];
        padded.Clear();
        id.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }

    private static byte[] Build()
    {
        var ranks = new byte[EventTypes.WellKnown.Count + 1];
        Array.Fill(ranks, (byte)1);
        Rank(0, EventTypes.Identify, EventTypes.ConsentChanged, EventTypes.EraseRequested);
        Rank(2, EventTypes.ProductAdded, EventTypes.ProductRemoved, EventTypes.QuantityChanged);
        Rank(3, EventTypes.CartReplaced);
        Rank(4, EventTypes.CheckoutStarted);
        Rank(5, EventTypes.CheckoutStepCompleted);
        Rank(6, EventTypes.PaymentFailed);
        Rank(7, EventTypes.OrderCompleted);
        Rank(8, EventTypes.OrderRefunded, EventTypes.OrderCancelled);
        return ranks;

        void Rank(byte rank, params ReadOnlySpan<EventType> types)
        {
            foreach (var type in types)
            {
                ranks[type.Id] = rank;
            }
        }
    }
}

/// <summary>An event's place among those of its instant.</summary>
internal readonly record struct TieBreak(byte Rank, bool HasId, ulong Key, ushort Index) : IComparable<TieBreak>
{
    public int CompareTo(TieBreak other)
    {
        var order = Rank.CompareTo(other.Rank);
        order = order != 0 ? order : HasId.CompareTo(other.HasId);
        order = order != 0 ? order : Key.CompareTo(other.Key);
        return order != 0 ? order : Index.CompareTo(other.Index);
    }
}
