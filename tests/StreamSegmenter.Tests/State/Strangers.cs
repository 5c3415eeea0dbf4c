using FASTER.core;

namespace StreamSegmenter.Tests.State;

/// <summary>Keys that share their place in the index of the smallest store with another: so that the index alone does not tell
/// whether a record is the latest of its key.</summary>
internal static class Strangers
{
    private const int BucketBits = 10;
    private const int TagBits = 14;

    /// <summary>Pairs that stand side by side.</summary>
    public static byte[][] Pairs(int count)
    {
        var places = new Dictionary<long, byte[]>();
        var pairs = new List<byte[]>();
        for (var id = 0; pairs.Count < 2 * count; id++)
        {
            byte[] key = [1, .. BitConverter.GetBytes(id), .. new byte[id % 13]];
            if (!places.Remove(PlaceOf(key), out var other))
            {
                places[PlaceOf(key)] = key;
                continue;
            }

            pairs.Add(other);
            pairs.Add(key);
        }

        return [.. pairs];
    }

    private static unsafe long PlaceOf(byte[] key)
    {
        fixed (byte* bytes = key)
        {
            var span = SpanByte.FromPointer(bytes, key.Length);
            var hash = default(SpanByteComparer).GetHashCode64(ref span);
            return (hash & ((1 << BucketBits) - 1)) | ((hash >>> (64 - TagBits)) << BucketBits);
        }
    }
}
