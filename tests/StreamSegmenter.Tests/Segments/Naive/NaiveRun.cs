namespace StreamSegmenter.Tests.Segments.Naive;

/// <summary>The memberships of one customer by the naive interpreter, with <c>minStay</c> and <c>cooldown</c>.</summary>
internal sealed class NaiveRun(IReadOnlyList<NaiveSegment> segments, NaivePast past)
{
    private readonly bool[] _members = new bool[segments.Count];
    private readonly long?[] _changedMs = new long?[segments.Count];

    public List<string> Story { get; } = [];

    public string Members => string.Join(' ', Enumerable.Range(0, segments.Count).Where(i => _members[i]).Select(i => $"s{i}"));

    /// <summary>Looks at every whole hour behind the first instant up to the second, and a millisecond behind each.</summary>
    public void LetPass(long fromMs, long untilMs)
    {
        for (var hour = fromMs / NaiveCase.HourMs * NaiveCase.HourMs; hour <= untilMs; hour += NaiveCase.HourMs)
        {
            foreach (var nowMs in new[] { hour, hour + 1 })
            {
                if (nowMs > fromMs && nowMs <= untilMs)
                {
                    Look(nowMs);
                }
            }
        }
    }

    public void Look(long nowMs)
    {
        for (var i = 0; i < segments.Count; i++)
        {
            var holds = segments[i].Rule.Holds(past, nowMs, _members);
            var heldMs = _members[i] ? segments[i].MinStayMs : segments[i].CooldownMs;
            if (holds == _members[i] || (_changedMs[i] is { } changedMs && nowMs < changedMs + heldMs))
            {
                continue;
            }

            _members[i] = holds;
            _changedMs[i] = nowMs;
            Story.Add($"{nowMs} s{i} {(holds ? "entered" : "exited")}");
        }
    }
}
