using System.Numerics;

namespace StreamSegmenter.Engine.State;

/// <summary>Of which records in the log it is known that a newer one of the same key lies above them: a writer that read a record and then
/// wrote its key knows it, and remembering costs less than asking the disk later. One bit for every 16 bytes of a file of which
/// any record is superseded, so at most 8 KiB of memory for a MiB of log. What is not in here may be superseded as well.</summary>
internal sealed class SupersededRecords(long segmentBytes)
{
    /// <summary>The shortest record has 24 bytes, so no two begin in the same 16.</summary>
    private const int GrainBytes = 16;
    private const int BitsPerWord = 64;
    private readonly int _segmentBits = BitOperations.Log2((ulong)segmentBytes);
    private readonly Dictionary<long, ulong[]> _segments = [];
    private long _first;

    public void Add(long address)
    {
        var segment = address >> _segmentBits;
        if (segment < _first)
        {
            return;
        }

        if (!_segments.TryGetValue(segment, out var bits))
        {
            _segments[segment] = bits = new ulong[segmentBytes / GrainBytes / BitsPerWord];
        }

        var (word, bit) = PlaceOf(address);
        bits[word] |= bit;
    }

    public bool Contains(long address)
    {
        if (!_segments.TryGetValue(address >> _segmentBits, out var bits))
        {
            return false;
        }

        var (word, bit) = PlaceOf(address);
        return (bits[word] & bit) != 0;
    }

    /// <summary>What lies in files wholly below this address is gone, or about to go.</summary>
    public void Forget(long untilAddress)
    {
        for (var until = untilAddress >> _segmentBits; _first < until; _first++)
        {
            _segments.Remove(_first);
        }
    }

    private (long Word, ulong Bit) PlaceOf(long address)
    {
        var grain = (address & (segmentBytes - 1)) / GrainBytes;
        return (grain / BitsPerWord, 1UL << (int)(grain % BitsPerWord));
    }
}
