using System.Net;

namespace StreamSegmenter.Runtime.Configuration.Shapes;

/// <summary>Where the telemetry server listens. Without TLS it serves this machine only, unless that is allowed explicitly.</summary>
internal sealed record ListenAddress(IPEndPoint EndPoint)
{
    public const string Default = "127.0.0.1:9464";

    /// <summary>In an address's place: there is no server.</summary>
    public const string Off = "off";

    /// <param name="text">The value of <c>http.listen</c>: <c>127.0.0.1:9464</c>, <c>[::1]:9464</c>, <c>localhost:9464</c>; port 0
    /// takes any free one.</param>
    /// <param name="allowInsecure">It may be reached from elsewhere: it has TLS, or <c>http.allowInsecure</c> says that something else fences it.</param>
    /// <returns>The address, or what is wrong with the text and what to do.</returns>
    public static (ListenAddress? Address, string? Error) Parse(string text, bool allowInsecure)
    {
        const string Local = "localhost:";
        var numeric = text.StartsWith(Local, StringComparison.OrdinalIgnoreCase) ? "127.0.0.1:" + text[Local.Length..] : text;
        if (!IPEndPoint.TryParse(numeric, out var endPoint) || !numeric.Contains(':') || numeric.EndsWith(']') || IsBareIPv6(numeric))
        {
            return (null, $"http.listen: '{text}' is not an address and a port. Write it like {Default} or [::1]:9464");
        }

        if (!IPAddress.IsLoopback(endPoint.Address) && !allowInsecure)
        {
            return (null, $"http.listen: '{text}' can be reached from other machines, and needs http.tls there. "
                + $"Listen on {IPAddress.Loopback}:{endPoint.Port}, name the certificate's files, or set http.allowInsecure: true where a proxy has the TLS or the network itself is closed (a container)");
        }

        return (new ListenAddress(endPoint), null);
    }

    // "::1" parses as an address without a port.
    private static bool IsBareIPv6(string text) => !text.StartsWith('[') && text.AsSpan().Count(':') > 1;
}
