namespace StreamSegmenter.Host.Planning;

/// <summary>Counts, customer after customer, who would be in which segment: before the change and behind it.</summary>
/// <param name="moved">Hears of everyone who enters (true) or leaves (false) a segment.</param>
internal sealed class PlanCounts(Action<string, string, bool> moved)
{
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<string> _segments = [];
    private readonly List<long> _before = [];
    private readonly List<long> _after = [];
    private readonly List<long> _entering = [];
    private readonly List<long> _leaving = [];
    private readonly Dictionary<(int One, int Other), long> _overlaps = [];

    public long Customers { get; private set; }

    /// <summary>All segments, those of before and those of behind.</summary>
    public IReadOnlyList<string> Segments => _segments;

    public long Before(string segment) => _before[_places[segment]];

    public long After(string segment) => _after[_places[segment]];

    public long Entering(string segment) => _entering[_places[segment]];

    public long Leaving(string segment) => _leaving[_places[segment]];

    /// <summary>How many would be in both.</summary>
    public long Overlap(string one, string other)
    {
        var (first, second) = (_places[one], _places[other]);
        return _overlaps.GetValueOrDefault((Math.Min(first, second), Math.Max(first, second)));
    }

    /// <summary>A segment that exists, whether it has members or not.</summary>
    public void Define(string segment) => PlaceOf(segment);

    public void Add(string customer, IReadOnlySet<string> before, IReadOnlySet<string> after)
    {
        Customers++;
        foreach (var segment in before)
        {
            _before[PlaceOf(segment)]++;
            if (!after.Contains(segment))
            {
                _leaving[PlaceOf(segment)]++;
                moved(segment, customer, false);
            }
        }

        var places = after.Select(PlaceOf).Order().ToArray();
        for (var i = 0; i < places.Length; i++)
        {
            _after[places[i]]++;
            if (!before.Contains(_segments[places[i]]))
            {
                _entering[places[i]]++;
                moved(_segments[places[i]], customer, true);
            }

            for (var j = i + 1; j < places.Length; j++)
            {
                _overlaps[(places[i], places[j])] = _overlaps.GetValueOrDefault((places[i], places[j])) + 1;
            }
        }
    }

    private int PlaceOf(string segment)
    {
        if (!_places.TryGetValue(segment, out var place))
        {
            _places[segment] = place = _segments.Count;
            _segments.Add(segment);
            _before.Add(0);
            _after.Add(0);
            _entering.Add(0);
            _leaving.Add(0);
        }

        return place;
    }
}

/// <summary>What one rule does, before the change and behind it; null where it is not known, or the rule is not there.</summary>
/// <param name="BeforePerDay">Triggers a day of event time.</param>
/// <param name="AtOnce">Triggers of carts whose deadline has passed by the new numbers: they fire when the version takes over.</param>
internal sealed record RulePlan(string Rule, double? BeforePerDay, double? AfterPerDay, long? AtOnce);

/// <summary>All that a plan found.</summary>
/// <param name="Warming">Segments with aggregates that would begin with nothing.</param>
/// <param name="BytesBefore">Of each customer's record, what the definitions take of fixed places; null: not known.</param>
internal sealed record Plan(
    PlanCounts Counts, IReadOnlyList<RulePlan> Rules, IReadOnlySet<string> Defined, IReadOnlySet<string> DefinedBefore, IReadOnlySet<string> Warming,
    int? BytesBefore, int BytesAfter);
