using StreamSegmenter.Aggregates;
using StreamSegmenter.Customers;

namespace StreamSegmenter.Segments.Conditions;

/// <summary>Whether one of the values of a profile attribute passes.</summary>
internal sealed class ProfileCondition(Aggregate attribute, PredicateStep test) : Condition
{
    public override bool ChangesByTime => false;

    public override ConditionResult Evaluate(CustomerRecord record, long nowMs)
    {
        var values = ProfileValues.Read(record, attribute.Id);
        while (values.Read())
        {
            if (EventPredicate.Passes(in test, in values))
            {
                return ConditionResult.Constant(true);
            }
        }

        return ConditionResult.Constant(false);
    }
}
