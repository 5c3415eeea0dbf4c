using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Folding;

/// <summary>Where a fold puts what it finds.</summary>
public sealed class FoldOutput(
    List<CartAbandoned> triggers, List<SuppressedTrigger> suppressed, List<MembershipChange> membershipChanges,
    List<EventProblem> problems, IConversionPanes panes)
{
    public TriggerOutput Carts { get; } = new(triggers, suppressed, problems);

    public List<MembershipChange> MembershipChanges { get; } = membershipChanges;

    public IConversionPanes Panes { get; } = panes;

    /// <summary>Running totals since the process started.</summary>
    public FoldTotals Totals;
}

/// <summary>What folding has counted: plain numbers of one lane, summed when they are reported.</summary>
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
