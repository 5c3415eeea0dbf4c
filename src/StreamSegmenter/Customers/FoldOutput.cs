using StreamSegmenter.Conversions;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Customers;

/// <summary>Where a fold puts what it finds.</summary>
public sealed class FoldOutput(
    List<CartAbandoned> triggers, List<MembershipChange> membershipChanges, IConversionPanes panes)
{
    public List<CartAbandoned> Triggers { get; } = triggers;

    public List<MembershipChange> MembershipChanges { get; } = membershipChanges;

    public IConversionPanes Panes { get; } = panes;

    /// <summary>Running totals since the process started.</summary>
    public FoldTotals Totals;
}

/// <summary>What folding has counted: plain numbers of one lane, summed by whoever reports them.</summary>
public struct FoldTotals
{
    public long Customers;
    public long Sessions;
    public long SessionsWithCart;
    public long SessionsWithOrder;
    public long SessionsWithCartAndOrder;

    /// <summary>Deadlines that are armed now.</summary>
    public long TriggersPending;

    public void Add(in FoldTotals other)
    {
        Customers += other.Customers;
        Sessions += other.Sessions;
        SessionsWithCart += other.SessionsWithCart;
        SessionsWithOrder += other.SessionsWithOrder;
        SessionsWithCartAndOrder += other.SessionsWithCartAndOrder;
        TriggersPending += other.TriggersPending;
    }
}
