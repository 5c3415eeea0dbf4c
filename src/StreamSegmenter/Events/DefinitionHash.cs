using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace StreamSegmenter.Events;

/// <summary>A short stable name for a definition's content, so that outputs say by which version they were decided. Trigger ids are
/// made from it, and consumers keep those: so it is of SHA-256, like the ids themselves, and independent of the hashes that the engine's own
/// state uses.</summary>
internal static class DefinitionHash
{
    /// <summary>The first 32 bits, big-endian, of SHA-256 over the canonical text in UTF-8.</summary>
    public static uint Of(string canonicalText) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(canonicalText)));
}
