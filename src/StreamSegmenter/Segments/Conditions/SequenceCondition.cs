using System.Globalization;
using StreamSegmenter.Aggregates;
using StreamSegmenter.Customers;

namespace StreamSegmenter.Segments.Conditions;

/// <summary>Whether a sequence was completed, within a window if there is one.</summary>
/// <param name="windowMs"><see cref="long.MaxValue"/>: ever.</param>
internal sealed class SequenceCondition(Aggregate sequence, long windowMs) : Condition
{
    public override bool ChangesByTime => windowMs != long.MaxValue || sequence.Spec.Sequence!.EndsInAbsence;

    public override ConditionResult Evaluate(CustomerRecord record, long nowMs)
    {
        var (lastMs, nextMs, _, _) = SequenceMatches.Read(record, sequence.Id, sequence.Spec.Sequence!, nowMs);
        return lastMs == 0 || nowMs - lastMs >= windowMs
            ? new ConditionResult(false, nextMs)
            : new ConditionResult(true, windowMs == long.MaxValue ? long.MaxValue : lastMs + windowMs);
    }

    /// <summary>When it was completed last, and what has begun.</summary>
    public string Show(CustomerRecord record, long nowMs)
    {
        var (lastMs, nextMs, open, givenUp) = SequenceMatches.Read(record, sequence.Id, sequence.Spec.Sequence!, nowMs);
        var parts = new List<string>();
        if (lastMs != 0)
        {
            parts.Add(TraitText.Instant(lastMs));
        }

        if (open > 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{open} begun"));
        }

        if (nextMs != long.MaxValue)
        {
            parts.Add($"complete at {TraitText.Instant(nextMs)} if nothing happens");
        }

        if (givenUp > 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{givenUp} given up"));
        }

        return string.Join(", ", parts);
    }
}
