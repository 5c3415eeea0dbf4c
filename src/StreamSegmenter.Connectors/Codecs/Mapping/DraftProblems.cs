using System.Text;

namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>What could not be taken of an event that is taken without it. Allocates only where there is something to say.</summary>
internal sealed class DraftProblems
{
    private const int TextsMax = 5;

    private readonly List<string> _texts = [];
    private int _more;

    public bool IsEmpty => _texts.Count == 0;

    public void Clear()
    {
        _texts.Clear();
        _more = 0;
    }

    public void Add(string problem)
    {
        if (_texts.Contains(problem))
        {
            return;
        }

        if (_texts.Count < TextsMax)
        {
            _texts.Add(problem);
        }
        else
        {
            _more++;
        }
    }

    /// <summary>All of them in one line; null when there is none.</summary>
    public string? Text()
    {
        if (_texts.Count == 0)
        {
            return null;
        }

        var text = new StringBuilder(string.Join("; ", _texts));
        return (_more > 0 ? text.Append("; and ").Append(_more).Append(" more") : text).ToString();
    }
}
