using System.Buffers;
using StreamSegmenter.Conversions;
using StreamSegmenter.Customers;

namespace StreamSegmenter.Engine.State;

/// <summary>A conversion pane of all shards in the working set of its owner: each shard's part, as the shard told it last. Stored as
/// <c>flags u8 · corrections varint · parts varint · per part: shard varint, counts</c>.</summary>
internal sealed class WholePane : WorkingEntry
{
    private const byte FinalFlag = 1;
    private readonly ArrayBufferWriter<byte> _value = new();
    private readonly List<int> _shards = [];
    private PaneCounts[] _parts = new PaneCounts[4];

    /// <summary>Only a timer referred to it: the pane does not exist, and a part for it arms its timer.</summary>
    public bool IsMissing { get; set; }

    /// <summary>Every shard's watermark has passed the window's end + grace.</summary>
    public bool IsFinal { get; set; }

    /// <summary>How often numbers that were final have changed.</summary>
    public int Corrections { get; set; }

    /// <summary>Final numbers have changed since the last commit.</summary>
    public bool IsCorrected { get; set; }

    public override ReadOnlyMemory<byte> Value
    {
        get
        {
            _value.ResetWrittenCount();
            var room = _value.GetSpan(1 + (2 * Varint.BytesMax) + (_shards.Count * (Varint.BytesMax + PaneCountsCodec.BytesMax)));
            var rest = room;
            rest[0] = IsFinal ? FinalFlag : (byte)0;
            rest = rest[1..];
            Varint.Write(ref rest, (ulong)Corrections);
            Varint.Write(ref rest, (ulong)_shards.Count);
            for (var i = 0; i < _shards.Count; i++)
            {
                Varint.Write(ref rest, (ulong)_shards[i]);
                PaneCountsCodec.Write(ref rest, in _parts[i]);
            }

            _value.Advance(room.Length - rest.Length);
            return _value.WrittenMemory;
        }
    }

    public void Begin()
    {
        _shards.Clear();
        IsFinal = IsCorrected = false;
        Corrections = 0;
    }

    public void Load(ReadOnlySpan<byte> stored)
    {
        Begin();
        IsFinal = IsFinalIn(stored);
        stored = stored[1..];
        Corrections = (int)Varint.Read(ref stored);
        for (var count = (int)Varint.Read(ref stored); count > 0; count--)
        {
            Part((int)Varint.Read(ref stored)) = PaneCountsCodec.Read(ref stored);
        }
    }

    public static bool IsFinalIn(ReadOnlySpan<byte> stored) => (stored[0] & FinalFlag) != 0;

    /// <summary>One shard's part, zero when it told none yet. Valid until the next call.</summary>
    public ref PaneCounts Part(int shard)
    {
        var place = _shards.IndexOf(shard);
        if (place < 0)
        {
            place = _shards.Count;
            _shards.Add(shard);
            if (place == _parts.Length)
            {
                Array.Resize(ref _parts, place * 2);
            }

            _parts[place] = default;
        }

        return ref _parts[place];
    }

    /// <summary>The customers of different shards are different ones, so that their parts add up.</summary>
    public PaneCounts Sum()
    {
        var sum = default(PaneCounts);
        for (var i = 0; i < _shards.Count; i++)
        {
            sum.Combine(in _parts[i]);
        }

        return sum;
    }
}
