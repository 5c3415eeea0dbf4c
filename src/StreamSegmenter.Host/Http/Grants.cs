using System.Security.Cryptography;
using System.Text;
using StreamSegmenter.Runtime.Configuration.Sections;
using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Host.Http;

/// <param name="Name">Of the token.</param>
internal sealed record Grant(string Name, AccessRole Role, string Cookie);

/// <summary>Finds what a token or a browser's cookie opens. Every one that is configured is compared with, by digests of equal length, so that
/// the time taken tells neither which one matched nor how far.</summary>
internal sealed class Grants
{
    private readonly (Grant Grant, byte[] Token, byte[] Cookie)[] _known;

    private readonly byte[]? _peer;

    /// <param name="peer">What other instances bring; null: nothing.</param>
    public Grants(IEnumerable<AccessToken> tokens, string? peer)
    {
        _peer = peer is null ? null : Digest(peer);
        _known = [.. tokens.Select(token =>
    {
        // A cookie that was stolen opens the console, and the token itself stays unknown.
        var cookie = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(token.Token), "console"u8));
        return (new Grant(token.Name, token.Role, cookie), Digest(token.Token), Digest(cookie));
    })];
    }

    public bool IsEmpty => _known.Length == 0;

    public bool IsPeer(string authorization) => _peer is not null && CryptographicOperations.FixedTimeEquals(Digest(authorization), _peer);

    public Grant? OfToken(string token)
    {
        var digest = Digest(token.Trim());
        Grant? found = null;
        foreach (var known in _known)
        {
            found = CryptographicOperations.FixedTimeEquals(digest, known.Token) ? known.Grant : found;
        }

        return found;
    }

    public Grant? OfCookie(string? cookie)
    {
        var digest = Digest(cookie ?? "");
        Grant? found = null;
        foreach (var known in _known)
        {
            found = CryptographicOperations.FixedTimeEquals(digest, known.Cookie) ? known.Grant : found;
        }

        return found;
    }

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
