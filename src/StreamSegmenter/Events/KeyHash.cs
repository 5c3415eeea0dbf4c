using System.IO.Hashing;

namespace StreamSegmenter.Events;

/// <summary>XxHash3, 64 bits, seed 0: the hash of customer keys, cart ids, event ids and other bytes. It routes files to shards, fills
/// hash tables and is stored in customer records. Equal on every machine and for ever: another one is another format of the
/// changelog (<see cref="Customers.CustomerRecord.FormatVersion"/>). What consumers of the outputs may keep, ids of triggers and versions of
/// definitions, does not depend on it.</summary>
internal static class KeyHash
{
    public static ulong Of(ReadOnlySpan<byte> key) => XxHash3.HashToUInt64(key);

    /// <summary>The same, folded into 32 bits.</summary>
    public static uint Short(ReadOnlySpan<byte> key)
    {
        var hash = Of(key);
        return unchecked((uint)(hash ^ (hash >> 32)));
    }
}
