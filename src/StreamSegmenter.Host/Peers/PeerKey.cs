using System.Security.Cryptography;
using System.Text;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Host.Peers;

/// <summary>By what instances know each other: a key that follows from all tokens of the configuration, which they share, and that opens nothing but
/// <see cref="PeerEndpoints"/>.</summary>
internal static class PeerKey
{
    public const string Scheme = "Peer";

    /// <summary>Null: there are no tokens.</summary>
    public static string? Of(IReadOnlyList<AccessToken> tokens) => tokens.Count == 0
        ? null
        : Convert.ToHexStringLower(HMACSHA256.HashData(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', tokens.Select(token => token.Token).Order(StringComparer.Ordinal)))), "peer"u8));
}
