using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace StreamSegmenter.Triggers;

/// <summary>The identity of a trigger: the first 16 bytes of SHA-256 over rule, definition version, customer, cart, step and
/// arming time, each text preceded by its length. Nothing of when or where it was computed goes in, so a replay gives
/// the same.</summary>
internal static class TriggerId
{
    // A new one costs more than what it hashes.
    [ThreadStatic]
    private static IncrementalHash? _reused;

    public static string Of(
        string rule, string version, ReadOnlySpan<byte> customer, ReadOnlySpan<byte> cart, int step, long armedAtMs)
    {
        var hash = _reused ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, Encoding.UTF8.GetBytes(rule));
        Append(hash, Encoding.UTF8.GetBytes(version));
        Append(hash, customer);
        Append(hash, cart);
        Span<byte> numbers = stackalloc byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(numbers, step);
        BinaryPrimitives.WriteInt64LittleEndian(numbers[4..], armedAtMs);
        hash.AppendData(numbers);
        Span<byte> id = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(id);
        return Convert.ToHexStringLower(id[..16]);
    }

    /// <summary>The two halves under which a sent trigger is remembered.</summary>
    public static (ulong High, ulong Low) Parse(string id) =>
        (ulong.Parse(id.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            ulong.Parse(id.AsSpan(16), NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    public static string TextOf(ulong high, ulong low) =>
        string.Create(CultureInfo.InvariantCulture, $"{high:x16}{low:x16}");

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> text)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        hash.AppendData(length);
        hash.AppendData(text);
    }
}
