using System.Text;
using StreamSegmenter.Events;

namespace StreamSegmenter.Definitions;

/// <summary>The first different names of many, to tell somebody whose name is not among them which one is near.
/// At most <see cref="NamesMax"/>; further ones are not kept.</summary>
internal sealed class NameSample
{
    public const int NamesMax = 10_000;

    private readonly HashSet<ulong> _hashes = [];
    private readonly List<string> _names = [];

    public IReadOnlyList<string> Names => _names;

    public void Add(ReadOnlySpan<byte> utf8)
    {
        if (_names.Count < NamesMax && _hashes.Add(KeyHash.Of(utf8)))
        {
            _names.Add(Encoding.UTF8.GetString(utf8));
        }
    }
}
