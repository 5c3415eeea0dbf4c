using System.Buffers.Text;
using System.IO.Hashing;

namespace StreamSegmenter.Host.Feed;

/// <summary>How far a reader of the stream has come: of each place (a partition of an output topic) the offset behind the last record. As text it is
/// an event's id: base64url of a checksum and of the offsets as variable-length numbers.</summary>
internal static class StreamPosition
{
    private const int PlacesMax = 10_000;

    public static string Write(ReadOnlySpan<long> offsets)
    {
        var bytes = new byte[sizeof(uint) + (offsets.Length * 10)];
        var length = sizeof(uint);
        foreach (var offset in offsets)
        {
            var rest = (ulong)offset;
            while (rest >= 0x80)
            {
                bytes[length++] = unchecked((byte)(rest | 0x80));
                rest >>= 7;
            }

            bytes[length++] = (byte)rest;
        }

        var body = bytes.AsSpan(sizeof(uint), length - sizeof(uint));
        BitConverter.TryWriteBytes(bytes, Crc32.HashToUInt32(body));
        return Base64Url.EncodeToString(bytes.AsSpan(0, length));
    }

    /// <returns>Null: the text is no id that this program wrote.</returns>
    public static long[]? TryRead(string id)
    {
        if (id.Length > PlacesMax * 14 || !Base64Url.IsValid(id))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(id);
        if (bytes.Length < sizeof(uint) || BitConverter.ToUInt32(bytes) != Crc32.HashToUInt32(bytes.AsSpan(sizeof(uint))))
        {
            return null;
        }

        var offsets = new List<long>();
        var (value, shift) = (0UL, 0);
        foreach (var next in bytes.AsSpan(sizeof(uint)))
        {
            if (shift > 56)
            {
                return null;
            }

            value |= (ulong)(next & 0x7F) << shift;
            if ((next & 0x80) != 0)
            {
                shift += 7;
                continue;
            }

            offsets.Add(unchecked((long)value));
            (value, shift) = (0, 0);
        }

        return shift == 0 && offsets.Count <= PlacesMax ? [.. offsets] : null;
    }
}
