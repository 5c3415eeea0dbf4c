using System.Buffers;
using System.Buffers.Binary;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Engine.Exchange;

/// <summary>Gathers what one commit of a shard tells one other shard, and cuts it into messages.</summary>
internal sealed class MessageWriter
{
    /// <summary>Well below what topics take by default (1 MB).</summary>
    private const int EntriesBytesMax = 256 * 1024;

    private readonly ArrayBufferWriter<byte> _entries = new();
    private readonly List<int> _ends = [];

    public bool IsEmpty => _entries.WrittenCount == 0;

    public void Add(byte kind, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var length = 1 + sizeof(ushort) + name.Length + sizeof(int) + value.Length;
        var begun = _ends.Count == 0 ? 0 : _ends[^1];
        if (_entries.WrittenCount > begun && _entries.WrittenCount - begun + length > EntriesBytesMax)
        {
            _ends.Add(_entries.WrittenCount);
        }

        var to = _entries.GetSpan(length);
        to[0] = kind;
        BinaryPrimitives.WriteUInt16LittleEndian(to[1..], checked((ushort)name.Length));
        name.CopyTo(to[3..]);
        BinaryPrimitives.WriteInt32LittleEndian(to[(3 + name.Length)..], value.Length);
        value.CopyTo(to[(7 + name.Length)..]);
        _entries.Advance(length);
    }

    /// <param name="head">That of the last message; the others are told as far as before.</param>
    public void Write(int receiver, ExchangeMessage head, List<ExchangeRecord> to)
    {
        var begin = 0;
        for (var part = 0; part <= _ends.Count; part++)
        {
            var end = part < _ends.Count ? _ends[part] : _entries.WrittenCount;
            var message = new byte[ExchangeMessage.HeadBytes + end - begin];
            new ExchangeMessage
            {
                Sender = head.Sender, Sequence = head.Sequence, Previous = head.Previous, Part = part, ToldMs = head.ToldMs,
                IsSilent = head.IsSilent, IsLast = part == _ends.Count,
            }.WriteHead(message);
            _entries.WrittenSpan[begin..end].CopyTo(message.AsSpan(ExchangeMessage.HeadBytes));
            to.Add(new ExchangeRecord(receiver, message));
            begin = end;
        }
    }

    public void Clear()
    {
        _entries.ResetWrittenCount();
        _ends.Clear();
    }
}
