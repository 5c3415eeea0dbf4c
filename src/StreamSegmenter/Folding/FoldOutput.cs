using StreamSegmenter.Conversions;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Folding;

/// <summary>Where a fold puts what it finds, until its reader clears it.</summary>
internal sealed class FoldOutput(IConversionPanes panes)
{
    public TriggerOutput Carts { get; } = new();

    public List<MembershipChange> MembershipChanges { get; } = [];

    public IConversionPanes Panes { get; } = panes;

    /// <summary>Running totals since the process started.</summary>
    public FoldTotals Totals;

    /// <summary>Empties the lists; the totals stay.</summary>
    public void Clear()
    {
        Carts.Clear();
        MembershipChanges.Clear();
    }
}

/// <summary>What folding has counted: plain numbers of one lane, summed when they are reported.</summary>
internal struct FoldTotals
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

    public void Subtract(in FoldTotals other)
    {
        Customers -= other.Customers;
        Sessions -= other.Sessions;
        SessionsWithCart -= other.SessionsWithCart;
        SessionsWithOrder -= other.SessionsWithOrder;
        SessionsWithCartAndOrder -= other.SessionsWithCartAndOrder;
        TriggersPending -= other.TriggersPending;
    }
}
