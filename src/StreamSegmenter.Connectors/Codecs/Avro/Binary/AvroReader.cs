using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace StreamSegmenter.Connectors.Codecs.Avro.Binary;

/// <summary>
/// Reads Avro's binary encoding from a span, without allocating. Every method returns false on the first fault, which
/// <see cref="Error"/> then describes; the reader must not be used further. Returned spans are slices of the input.
/// </summary>
internal ref partial struct AvroReader
{
    private const int VarintBytesMax = 10;

    private readonly ReadOnlySpan<byte> _data;
    private int _position;
    private int _depth;
    private long _freeSteps;
    private AvroFault _fault;
    private int _faultOffset;
    private string? _faultDetail;

    public AvroReader(ReadOnlySpan<byte> data)
        : this(data, 0, AvroLimits.FreeStepsBase + (AvroLimits.FreeStepsPerByte * data.Length))
    {
    }

    /// <summary>Goes on where another reader over the same data stopped, with what was left of its free steps.</summary>
    internal AvroReader(ReadOnlySpan<byte> data, int position, long freeSteps)
    {
        _data = data;
        _position = position;
        _freeSteps = freeSteps;
    }

    public readonly int Position => _position;

    public readonly int Remaining => _data.Length - _position;

    public readonly AvroError Error => new(_fault, _faultOffset, _faultDetail);

    internal readonly long FreeSteps => _freeSteps;

    /// <summary>A zigzag varint of at most 10 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadLong(out long value)
    {
        int position = _position;
        if (position < _data.Length && _data[position] is < 0x80 and byte single)
        {
            _position = position + 1;
            value = (single >> 1) ^ -(single & 1);
            return true;
        }

        return TryReadLongSlow(out value);
    }

    /// <summary>As a long, and within 32 bits.</summary>
    public bool TryReadInt(out int value)
    {
        int start = _position;
        if (!TryReadLong(out long wide))
        {
            value = 0;
            return false;
        }

        value = unchecked((int)wide);
        return value == wide || Fail(AvroFault.IntOutOfRange, start);
    }

    public bool TryReadBoolean(out bool value)
    {
        value = false;
        if (_position >= _data.Length)
        {
            return Fail(AvroFault.Truncated, _position);
        }

        byte b = _data[_position];
        if (b > 1)
        {
            return Fail(AvroFault.BooleanInvalid, _position);
        }

        _position++;
        value = b == 1;
        return true;
    }

    public bool TryReadFloat(out float value)
    {
        if (!TryReadFixed(sizeof(float), out ReadOnlySpan<byte> bytes))
        {
            value = 0;
            return false;
        }

        value = BinaryPrimitives.ReadSingleLittleEndian(bytes);
        return true;
    }

    public bool TryReadDouble(out double value)
    {
        if (!TryReadFixed(sizeof(double), out ReadOnlySpan<byte> bytes))
        {
            value = 0;
            return false;
        }

        value = BinaryPrimitives.ReadDoubleLittleEndian(bytes);
        return true;
    }

    /// <summary>A length and as many bytes.</summary>
    public bool TryReadBytes(out ReadOnlySpan<byte> value)
    {
        int start = _position;
        if (!TryReadLong(out long length))
        {
            value = default;
            return false;
        }

        if (length < 0 || length > Remaining)
        {
            value = default;
            return Fail(length < 0 ? AvroFault.LengthNegative : AvroFault.LengthExceedsInput, start);
        }

        value = _data.Slice(_position, (int)length);
        _position += (int)length;
        return true;
    }

    /// <summary>As bytes, and valid UTF-8.</summary>
    public bool TryReadString(out ReadOnlySpan<byte> utf8)
    {
        int start = _position;
        return TryReadBytes(out utf8) && (IsShortAscii(utf8) || Utf8.IsValid(utf8) || Fail(AvroFault.StringNotUtf8, start));
    }

    /// <summary>Identifiers are short and ASCII; for them two or three words decide what a call into the runtime would.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsShortAscii(ReadOnlySpan<byte> text)
    {
        const ulong HighBits = 0x8080808080808080;
        if (text.Length is < sizeof(ulong) or > 4 * sizeof(ulong))
        {
            return IsTinyAscii(text);
        }

        ulong seen = BinaryPrimitives.ReadUInt64LittleEndian(text[^sizeof(ulong)..]);
        for (int i = 0; i <= text.Length - sizeof(ulong); i += sizeof(ulong))
        {
            seen |= BinaryPrimitives.ReadUInt64LittleEndian(text[i..]);
        }

        return (seen & HighBits) == 0;
    }

    private static bool IsTinyAscii(ReadOnlySpan<byte> text)
    {
        if (text.Length >= sizeof(ulong))
        {
            return false;
        }

        int seen = 0;
        foreach (byte b in text)
        {
            seen |= b;
        }

        return seen < 0x80;
    }

    public bool TryReadFixed(int sizeBytes, out ReadOnlySpan<byte> value)
    {
        if (sizeBytes > Remaining)
        {
            value = default;
            return Fail(AvroFault.Truncated, _position);
        }

        value = _data.Slice(_position, sizeBytes);
        _position += sizeBytes;
        return true;
    }

    private bool TryReadLongSlow(out long value)
    {
        int start = _position;
        int end = Math.Min(_data.Length, start + VarintBytesMax);
        ulong raw = 0;
        int shift = 0;
        for (int i = start; i < end; i++)
        {
            ulong b = _data[i];
            raw |= (b & 0x7f) << shift;
            shift += 7;
            if (b < 0x80)
            {
                // The tenth byte may only carry the 64th bit.
                if (shift == 70 && b > 1)
                {
                    break;
                }

                _position = i + 1;
                value = (long)(raw >> 1) ^ -(long)(raw & 1);
                return true;
            }
        }

        value = 0;
        return Fail(end - start < VarintBytesMax ? AvroFault.Truncated : AvroFault.VarintTooLong, start);
    }

    internal bool Fail(AvroFault fault, int offset, string? detail = null)
    {
        _fault = fault;
        _faultOffset = offset;
        _faultDetail = detail;
        return false;
    }
}
