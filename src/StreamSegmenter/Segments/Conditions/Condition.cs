using StreamSegmenter.Aggregates;
using StreamSegmenter.Customers;

namespace StreamSegmenter.Segments.Conditions;

/// <summary>One condition of a segment that is more than an aggregate against a constant. Immutable; what it knows of a customer is in the
/// record.</summary>
internal abstract class Condition
{
    /// <summary>The answer at an instant, and until when it stands if nothing happens.</summary>
    public abstract ConditionResult Evaluate(CustomerRecord record, long nowMs);

    /// <summary>Whether time alone can change the answer.</summary>
    public virtual bool ChangesByTime => true;
}
