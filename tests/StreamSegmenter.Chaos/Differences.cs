namespace StreamSegmenter.Chaos;

/// <summary>What is not as it should be: counted, and the first few of each kind spelled out.</summary>
internal sealed class Differences
{
    private const int ShownMax = 5;
    private readonly List<string> _shown = [];
    private readonly Dictionary<string, int> _kinds = new(StringComparer.Ordinal);

    public int Count { get; private set; }

    public IReadOnlyList<string> Shown => _shown;

    public void Add(string kind, string what)
    {
        Count++;
        _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
        if (_kinds[kind] <= ShownMax)
        {
            _shown.Add($"{kind}: {what}");
        }
    }

    /// <summary>How many there are of each kind.</summary>
    public IEnumerable<string> Summary() => _kinds.OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => $"{kind.Value} × {kind.Key}");
}
